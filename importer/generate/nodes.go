package generate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

var (
	currencies = []string{"USD", "USD", "USD", "EUR", "EUR", "CNY", "JPY", "KRW", "TWD"}
	units      = []string{"t", "kg", "pcs", "m2"}
	periods    = []string{"2023", "2024", "2024", "2024", "2025", ""}
	bases      = []string{"filing", "company", "customs", "analyst", "news", "news", "unknown"}
	stages     = []string{"volume", "volume", "volume", "volume", "volume", "", "", "qualified", "sampling", "announced"}
	countries  = []string{"CN", "CN", "CN", "CN", "US", "US", "US", "DE", "DE", "JP", "JP", "TW", "TW", "KR", "IN", "FR", "IT", "GB", "NL", "MX", "VN", "MY", "TH", "PL", "CZ", "SE", "CH", "BR", "CA", "SG"}
	sectors    = []string{"semiconductors", "electronics", "machinery", "chemicals", "metals", "plastics", "software", "energy", "logistics", "automotive", "medical", "textiles"}
	exchanges  = []string{"XNYS", "XNAS", "XTKS", "XTAI", "XKRX", "XSHG", "XSHE", "XFRA", "XLON"}
	endings    = []string{"Inc", "Corp", "Ltd", "GmbH", "AG", "SA", "BV", "Co", "Group", "Holdings"}
	trades     = []string{"Precision", "Materials", "Components", "Systems", "Electronics", "Chemical", "Industries", "Optics", "Power", "Logistics"}
	tradesHan  = []string{"精密", "材料", "零件", "系统", "电子", "化工", "实业", "光学", "电力", "物流"}
	materials  = []string{"silicon", "copper", "ceramic", "polymer", "glass", "steel", "quartz", "gallium", "graphite", "tungsten"}
	forms      = []string{"wafer", "substrate", "connector", "module", "laminate", "valve", "bearing", "film", "resin", "sensor", "cable", "pump"}
	materialsH = []string{"硅", "铜", "陶瓷", "聚合物", "玻璃", "钢", "石英", "镓", "石墨", "钨"}
	formsHan   = []string{"晶圆", "基板", "连接器", "模块", "层压板", "阀", "轴承", "薄膜", "树脂", "传感器", "电缆", "泵"}
	syllables  = strings.Fields("ba be bo bra ca co cla da de dor el en fa fen ga gar hal han in ka ken kor la lan lor ma mar mi mon na nex nor o or pa pel qua ra ren ri ro sa sel so sta ta ten tor tri u va vel vi vo wa wen xa xi ya yo za zen")
	hanzi      = []rune("东西南北中华天地安宝昌成达大德丰福光广国海汉恒宏鸿华辉建江金京景开康科立联龙美民明宁平启清荣瑞山盛泰通同万伟祥信兴雅阳永友宇元远云泽长正志中众卓")
)

// maxNames is how many different names there are: three syllables, one of the trades, and so on.
const maxNames = 60 * 60 * 60 * 60 * 10

// What the hash of a number is for.
const (
	saltShift = iota + 1
	saltBase
	saltValue
	saltClaim
	saltSource
	saltCompany
	saltCountry
	saltPublisher
)

func (n *network) country(company int) string {
	return countries[n.hash(saltCountry, uint64(company))%uint64(len(countries))]
}

func (n *network) companies(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	out.WriteString("id,kind,name,aliases,country,sector,status,lei,ticker,revenue,currency,period\n")
	for i := range n.Companies {
		if i&0xFFFF == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, err := out.Write(n.appendCompany(nil, i)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (n *network) appendCompany(line []byte, i int) []byte {
	h := n.hash(saltCompany, uint64(i))
	latin, han := n.companyName(i)
	line = appendCompanyID(line, i)
	line = fmt.Appendf(line, ",company,%s,%s,%s,%s,active,", latin, han, n.country(i), sectors[h%uint64(len(sectors))])
	if h = mix(h); h%100 < 60 {
		line = appendLEI(line, uint64(i))
	}
	line = append(line, ',')
	if h = mix(h); h%100 < 20 {
		line = fmt.Appendf(line, "%s:%s", exchanges[h>>8%uint64(len(exchanges))], letters(uint64(i)))
	}
	line = append(line, ',')
	if h = mix(h); h%100 < 30 {
		return fmt.Appendf(line, "%d,%s,2024\n", 1_000_000*(1+h>>8%5000), currencies[h>>32%uint64(len(currencies))])
	}
	return append(line, ",,\n"...)
}

// companyName is a name in Latin letters, which no other company has, and one in Chinese.
func (n *network) companyName(i int) (latin, han string) {
	x := n.names.at(uint64(i))
	next := func(limit int) int {
		part := x % uint64(limit)
		x /= uint64(limit)
		return int(part)
	}
	trade := next(len(trades))
	name := ""
	for range 4 {
		name += syllables[next(60)]
	}
	h := n.hash(saltCompany, uint64(i))
	latin = strings.ToUpper(name[:1]) + name[1:] + " " + trades[trade] + " " + endings[h%uint64(len(endings))]
	var b strings.Builder
	for range 3 {
		h = mix(h)
		b.WriteRune(hanzi[h%uint64(len(hanzi))])
	}
	return latin, b.String() + tradesHan[trade] + "有限公司"
}

// letters is a number written in capital letters, at least three.
func letters(x uint64) string {
	var b []byte
	for len(b) < 3 || x > 0 {
		b = append(b, byte('A'+x%26))
		x /= 26
	}
	return string(b)
}

// appendLEI writes a Legal Entity Identifier with right check digits (ISO 17442, ISO 7064 MOD 97-10).
func appendLEI(line []byte, number uint64) []byte {
	base := fmt.Sprintf("9999%014d", number)
	remainder := 0
	for _, c := range base + "00" {
		remainder = (remainder*10 + int(c-'0')) % 97
	}
	return fmt.Appendf(line, "%s%02d", base, 98-remainder)
}

func (n *network) products(_ context.Context, w io.Writer) error {
	out := bufio.NewWriter(w)
	out.WriteString("id,name,aliases,code,parent\n")
	for i := range n.Products {
		line := appendProductID(nil, i)
		line = n.appendProductName(line, i)
		line = fmt.Appendf(line, ",%06d,", 250000+7*i)
		if i >= productRoots {
			line = appendProductID(line, (i-productRoots)/4)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return out.Flush()
}

// productRoots is how many products are a kind of nothing; each other one is a kind of an earlier one.
const productRoots = 20

func (n *network) appendProductName(line []byte, i int) []byte {
	material, form, grade := i%len(materials), i/len(materials)%len(forms), i/(len(materials)*len(forms))
	return fmt.Appendf(line, ",%s %s G%d,%s%s%d级", materials[material], forms[form], grade, materialsH[material], formsHan[form], grade)
}

func (n *network) sources(_ context.Context, w io.Writer) error {
	out := bufio.NewWriter(w)
	out.WriteString("id,title,publisher,url,published,language,origin\n")
	for i := range n.Sources {
		h := n.hash(saltPublisher, uint64(i))
		line := appendSourceID(nil, i)
		line = fmt.Appendf(line, ",\"Report %d, synthetic\",Publisher %d,https://example.org/reports/%d,", i+1, h%50, i+1)
		line = appendDay(line, 2022+int(h>>8%4), int(h>>16%12), int(h>>24%28))
		line = append(line, []string{",en,\n", ",en,\n", ",zh,\n", ",de,\n"}[h>>40%4]...)
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}
