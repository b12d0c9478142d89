package mapping

import (
	"slices"
	"strings"
	"unicode"
)

// role is what a column may be for. Most are called like the columns of statements.
type role string

// Roles that are no column of a statement by themselves.
const (
	roleFrom     role = "from"
	roleTo       role = "to"
	roleRelation role = "relation"
	roleDate     role = "date"
	// rolePurchases is a part of all that a company buys. No column of a statement is that: its cost holds wages as well.
	rolePurchases role = "purchases_share"
	roleSomeone   role = "company" // of which the header does not say more
)

// roleWords are what columns are called, in English, Chinese, German, French and Japanese. Earlier roles win ties.
var roleWords = []struct {
	role  role
	words []string
}{
	{"supplier", []string{"supplier", "supplier name", "supplier company", "vendor", "vendor name", "seller", "shipper", "shipper name", "exporter", "consignor", "lieferant", "zulieferer", "fournisseur",
		"供应商", "供应商名称", "供应商全称", "前五大供应商", "前五名供应商", "主要供应商", "供应单位", "供货单位", "中标供应商", "成交供应商", "中标单位", "中标人", "top five suppliers", "largest suppliers", "供货商", "上游", "上游企业", "上游公司", "供方", "卖方", "发货人", "供應商", "サプライヤー", "仕入先", "供給元", "供給企業"}},
	{"buyer", []string{"buyer", "buyer name", "customer", "customer name", "customer company", "client", "purchaser", "consignee", "consignee name", "importer", "kunde", "abnehmer", "käufer", "client", "acheteur",
		"客户", "客户名称", "客户全称", "前五大客户", "前五名客户", "主要客户", "采购单位", "采购单位名称", "采购人", "采购人名称", "采购企业", "采购主体", "购买方", "购货单位", "top five customers", "largest customers", "采购商", "采购方", "买方", "下游", "下游企业", "下游公司", "需方", "需求方", "收货人", "客戶", "顧客", "得意先", "納入先", "販売先", "取引先"}},
	{roleFrom, []string{"from", "from company", "source company", "source node", "von", "de", "起点", "主体", "主体公司"}},
	{roleTo, []string{"to", "to company", "target", "target company", "target node", "nach", "an", "à", "终点", "对象", "目标公司"}},
	{"owner", []string{"owner", "parent", "parent company", "shareholder", "investor", "holder", "gesellschafter", "muttergesellschaft", "eigentümer", "actionnaire", "société mère", "股东", "股东名称", "母公司", "控股方", "控股股东", "投资方", "株主", "親会社"}},
	{"owned", []string{"owned", "subsidiary", "subsidiary name", "investee", "tochtergesellschaft", "beteiligungsunternehmen", "filiale", "子公司", "被投资企业", "被投资公司", "子会社"}},
	{"maker", []string{"maker", "provider", "manufacturer", "producer", "brand", "oem", "hersteller", "produzent", "anbieter", "fabricant", "producteur", "厂商", "厂家", "生产商", "制造商", "生产企业", "品牌", "製造商", "メーカー", "製造元"}},
	{"product", []string{"product", "product name", "item", "item description", "material", "component", "part", "part name", "commodity", "goods", "goods description", "description of goods", "segment", "technology", "supply input", "input",
		"produkt", "ware", "artikel", "bauteil", "produit", "marchandise", "产品", "产品名称", "采购内容", "采购品目", "采购标的", "标的", "商品", "商品名称", "物料", "材料", "零部件", "部件", "品名", "货物", "货物名称", "环节", "品类", "產品", "製品", "品目", "部品", "商品名"}},
	{roleSomeone, []string{"company", "company name", "name", "firm", "organisation", "organization", "entity", "legal name", "unternehmen", "firma", "name des unternehmens", "société", "entreprise", "raison sociale", "nom", "公司", "公司名称", "企业", "企业名称", "名称", "公司简称", "会社名", "企業名", "会社"}},
	{"market_share", []string{"market share", "share provided", "marktanteil", "part de marché", "市场份额", "市占率", "市场占有率", "份额", "市場シェア", "シェア"}},
	{"revenue_share", []string{"revenue", "revenue share", "revenue pct", "share of revenue", "revenue percent", "umsatzanteil", "营收占比", "收入占比", "销售占比", "占收入比例", "占年度销售总额比例", "占年度销售总额的比例", "占销售总额比例", "占年度销售额比例", "占营业收入比例", "占营业收入的比例", "percent of revenue", "of revenue", "売上比率"}},
	{rolePurchases, []string{"占年度采购总额比例", "占年度采购总额的比例", "占采购总额比例", "占采购总额的比例", "占年度采购额比例", "占采购额比例", "采购总额占比", "percent of purchases", "share of purchases", "of purchases"}},
	{"share", []string{"share", "percent", "percentage", "pct", "stake", "ownership", "share of input", "anteil", "quote", "beteiligung", "pourcentage", "占比", "比例", "持股比例", "采购占比", "占采购比例", "比率", "割合", "持株比率"}},
	{"value", []string{"value", "amount", "spend", "value usd", "total value", "fob value", "cif value", "wert", "betrag", "warenwert", "bestellwert", "auftragswert", "einkaufsvolumen", "umsatz", "valeur", "montant", "金额", "价值", "货值", "采购额", "采购金额", "采购总金额", "中标金额", "成交金额", "合同金额", "销售额", "销售金额", "交易金额", "金額", "取引額"}},
	{"currency", []string{"currency", "ccy", "währung", "devise", "币种", "货币", "通貨"}},
	{"quantity", []string{"quantity", "qty", "units", "volume", "weight", "weight kg", "kg", "gross weight", "net weight", "menge", "gewicht", "quantité", "poids", "数量", "重量", "毛重", "净重", "個数"}},
	{"unit", []string{"unit", "uom", "unit of measure", "einheit", "unité", "单位", "計量単位"}},
	{"valid_from", []string{"valid from", "start", "start date", "since", "from date", "beginn", "gültig ab", "début", "depuis", "开始", "开始日期", "起始日期", "开始时间", "開始日"}},
	{"valid_to", []string{"valid to", "end", "end date", "until", "to date", "ende", "gültig bis", "fin", "结束", "结束日期", "截止日期", "结束时间", "終了日"}},
	{"latitude", []string{"latitude", "lat", "纬度", "breitengrad", "緯度"}},
	{"longitude", []string{"longitude", "lng", "lon", "long", "经度", "längengrad", "経度"}},
	{"address", []string{"address", "street address", "adresse", "anschrift", "地址", "住所"}},
	{"region", []string{"region", "province", "state", "county", "省份", "省", "bundesland", "région"}},
	{roleDate, []string{"date", "arrival date", "ship date", "shipment date", "arrival", "datum", "ankunft", "date d'arrivée", "日期", "到港日期", "到货日期", "发货日期", "日付", "到着日"}},
	{"period", []string{"year", "period", "fiscal year", "fy", "reporting period", "jahr", "geschäftsjahr", "année", "exercice", "年份", "年度", "年", "期间", "报告期", "会计年度", "時期"}},
	{"origin_country", []string{"origin country", "country of origin", "origin", "ursprungsland", "herkunftsland", "pays d'origine", "原产国", "原产地", "产地", "国别", "原産国"}},
	{"country", []string{"country", "country code", "hq", "headquarters", "hq country", "nation", "land", "pays", "国家", "国家地区", "国家/地区", "所在国", "总部", "国"}},
	{"source", []string{"source", "reference", "publication", "report", "quelle", "référence", "来源", "出处", "资料来源", "数据来源", "出典", "情報源"}},
	{"quote", []string{"quote", "evidence", "excerpt", "sentence", "original text", "zitat", "citation", "extrait", "原文", "摘录", "证据", "引文", "引用"}},
	{"locator", []string{"page", "locator", "section", "seite", "page no", "页码", "页", "章节", "ページ"}},
	{"url", []string{"url", "link", "website", "web", "网址", "链接", "webseite", "site web"}},
	{"confidence", []string{"confidence", "置信度", "可信度", "konfidenz", "confiance", "信頼度"}},
	{roleRelation, []string{"relation", "relationship", "relation type", "relationship type", "link type", "edge type", "beziehung", "beziehungstyp", "type de relation", "关系", "关系类型", "关联类型", "関係"}},
	{"aliases", []string{"aliases", "alias", "aka", "other names", "trade name", "别名", "曾用名", "简称", "英文名", "别称", "alias", "autres noms", "別名", "略称"}},
	{"lei", []string{"lei", "lei code"}},
	{"isin", []string{"isin"}},
	{"ticker", []string{"ticker", "symbol", "股票代码", "证券代码", "証券コード"}},
	{"sector", []string{"sector", "industry", "branche", "secteur", "行业", "所属行业", "業種"}},
	{"code", []string{"hs code", "hs", "hts", "tariff code", "product code", "zolltarifnummer", "海关编码", "hs编码", "税号"}},
	{"id", []string{"id", "identifier", "company id", "entity id", "kennung", "identifiant", "编号", "代码"}},
}

// words are those of a header: letters and digits, in lower case.
func words(header string) []string {
	out := strings.FieldsFunc(fold(splitCamel(header)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '\'' })
	for i, word := range out {
		if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !isIdeographic(word) {
			out[i] = word[:len(word)-1] // one or many, that is the same
		}
	}
	return out
}

// splitCamel puts a space between supplierName.
func splitCamel(text string) string {
	var b strings.Builder
	var last rune
	for _, r := range text {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// fitness is how well a header fits what a role is called: 100 when it is called so, less where only a part of it is.
func fitness(header string, names []string) int {
	have := words(header)
	joined := strings.Join(have, " ")
	best := 0
	for _, name := range names {
		wanted := words(name)
		switch {
		case joined == strings.Join(wanted, " "):
			return 100
		case isIdeographic(name):
			if strings.Contains(joined, name) {
				best = max(best, 40+8*len([]rune(name)))
			}
		case len(wanted) > 0 && containsRun(have, wanted):
			best = max(best, 40+10*len(wanted)+endBonus(have, wanted))
		}
	}
	return min(best, 95)
}

// endBonus favours the last word: a "supplier country" is a country.
func endBonus(have, wanted []string) int {
	if slices.Equal(have[len(have)-len(wanted):], wanted) {
		return 15
	}
	return 0
}

func containsRun(have, wanted []string) bool {
	for i := 0; i+len(wanted) <= len(have); i++ {
		if slices.Equal(have[i:i+len(wanted)], wanted) {
			return true
		}
	}
	return false
}

func isIdeographic(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x2E80 })
}

// assignment is the column that fills a role, and the others that might.
type assignment struct {
	column *profile
	score  int
	others []*profile
}

// unsureBelow is the fitness under which a draft says that it is unsure.
const unsureBelow = 85

// assign gives each role its best column, each column one role.
func assign(columns []*profile) map[role]*assignment {
	type candidate struct {
		role   role
		order  int
		column *profile
		at     int
		score  int
	}
	var all []candidate
	for i, r := range roleWords {
		for at, p := range columns {
			if score := fitness(p.title(), r.words); score > 0 && p.suits(r.role) {
				all = append(all, candidate{r.role, i, p, at, score})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		if a.score != b.score {
			return b.score - a.score
		}
		if a.order != b.order {
			return a.order - b.order
		}
		return a.at - b.at
	})
	out := map[role]*assignment{}
	taken := map[*profile]bool{}
	for _, c := range all {
		if taken[c.column] {
			continue
		}
		if have := out[c.role]; have != nil {
			have.others = append(have.others, c.column)
			continue
		}
		out[c.role] = &assignment{column: c.column, score: c.score}
		taken[c.column] = true
	}
	return out
}

// title is what a column is called.
func (p *profile) title() string {
	if p.json {
		return lastOfPath(p.name)
	}
	return withoutUnit(p.name)
}

// withoutUnit takes a unit of money in brackets off the end of a header: 采购金额（万元）. It is read elsewhere.
func withoutUnit(header string) string {
	at := strings.LastIndexAny(header, "(（[")
	if at <= 0 || !strings.ContainsAny(header[at:], ")）]") {
		return header
	}
	unit := fold(header[at:])
	for _, c := range headerCurrencies {
		if strings.Contains(unit, c.word) {
			return header[:at]
		}
	}
	return header
}

// lastOfPath is what a field is called; of name, id and the like, with what they are of.
func lastOfPath(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '[' || r == ']' || r == '*' })
	if n := len(parts); n > 1 {
		switch fold(parts[n-1]) {
		case "name", "title", "value", "description", "text":
			return parts[n-2]
		}
		return parts[n-1]
	}
	return name
}

// suits reports whether the values may be of the role.
func (p *profile) suits(r role) bool {
	if p.filled == 0 {
		return true
	}
	switch r {
	case "market_share", "revenue_share", rolePurchases, "share", "value", "quantity", "confidence":
		example, _, part := p.numbers()
		most, _ := p.maximum(example)
		return part >= 0.5 && (r == "value" || r == "quantity" || most <= 100)
	case "valid_from", "valid_to", roleDate, "period":
		_, _, part := p.dates()
		return part >= 0.5
	case "supplier", "buyer", roleFrom, roleTo, "owner", "owned", "maker", "product", roleSomeone, roleRelation:
		return p.isText() && p.part(func(v string) bool { return v == "true" || v == "false" }) == 0
	case "latitude", "longitude":
		_, _, part := p.numbers()
		return part == 1
	case "country", "origin_country":
		known, unknown, _ := p.countries()
		return known >= len(unknown)
	}
	return true
}
