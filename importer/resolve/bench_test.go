package resolve

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// benchEntities are made-up companies with a name in Latin letters and one in Chinese characters.
func benchEntities(n int) []Entity {
	r := rand.New(rand.NewPCG(7, 7))
	syllables := strings.Fields("ba be bra ca cla da dor el fen ga hal in ka ken lan lor ma mir na nex or pa qua ra ren ro sel so ta tri u va vel wen xi za zen")
	trades := strings.Fields("Precision Materials Components Systems Electronics Chemical Industries Optics Power Logistics")
	forms := []string{"Inc", "Corp", "Ltd", "GmbH", "AG", "SA", "Co., Ltd."}
	hanzi := []rune("东西南北中华天地安宝昌成达大德丰福光广国海汉恒宏鸿华辉建江金京景开康科立联龙美民明宁平启清荣瑞山盛泰通同万伟祥信兴雅阳永友宇元远云泽长正志中众卓")
	han := strings.Fields("精密 材料 零件 系统 电子 化工 实业 光学 电力 物流")
	out := make([]Entity, n)
	for i := range out {
		name := ""
		for range 4 {
			name += syllables[r.IntN(len(syllables))]
		}
		t := r.IntN(len(trades))
		signs := string([]rune{hanzi[r.IntN(len(hanzi))], hanzi[r.IntN(len(hanzi))], hanzi[r.IntN(len(hanzi))]})
		out[i] = Entity{ID: fmt.Sprint("c", i), Countries: []string{"CN"}, Names: []string{strings.ToUpper(name[:1]) + name[1:] + " " + trades[t] + " " + forms[r.IntN(len(forms))], signs + han[t] + "有限公司"}}
	}
	return out
}

func BenchmarkParseName(b *testing.B) {
	es := benchEntities(1000)
	for i := 0; b.Loop(); i++ {
		parseName(es[i%1000].Names[i/1000%2])
	}
}

func BenchmarkIndex(b *testing.B) {
	es := benchEntities(50_000)
	for b.Loop() {
		x := NewBuilder(DefaultConfig())
		for i := range es {
			x.Add(&es[i])
		}
		x.Index()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/float64(len(es))*1e9, "ns/company")
}

func BenchmarkMatch(b *testing.B) {
	es := benchEntities(200_000)
	x := NewBuilder(DefaultConfig())
	for i := range es {
		x.Add(&es[i])
	}
	index := x.Index()
	for i := 0; b.Loop(); i++ {
		e := &es[i*7919%len(es)]
		q := Entity{Names: e.Names[i%2 : i%2+1]}
		index.Match(&q)
	}
}
