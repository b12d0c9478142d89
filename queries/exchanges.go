package queries

import (
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// exchangeCountry is the country of an exchange by its market identifier code (MIC, ISO 10383): operating codes, and the
// segments that tickers are written with. Shares listed at XSHG, XSHE and XBSE are A shares.
var exchangeCountry = map[string]string{
	"XSHG": "CN", "XSHE": "CN", "XBSE": "CN", "SSC": "CN", "SZSC": "CN",
	"XHKG": "HK", "SHSC": "HK", "SZHK": "HK",
	"XTAI": "TW", "ROCO": "TW",
	"XTKS": "JP", "XJPX": "JP", "XNGO": "JP", "XFKA": "JP", "XSAP": "JP",
	"XKRX": "KR", "XKOS": "KR", "XKON": "KR",
	"XSES": "SG", "XKLS": "MY", "XBKK": "TH", "XIDX": "ID", "XPHS": "PH", "XSTC": "VN", "HSTC": "VN",
	"XBOM": "IN", "XNSE": "IN",
	"XASX": "AU", "XNZE": "NZ",
	"XNAS": "US", "XNGS": "US", "XNMS": "US", "XNCM": "US", "XNYS": "US", "XASE": "US", "ARCX": "US", "BATS": "US", "OTCM": "US", "OTCB": "US", "PINX": "US",
	"XTSE": "CA", "XTSX": "CA", "XCNQ": "CA",
	"XMEX": "MX", "BVMF": "BR", "XBUE": "AR", "XSGO": "CL",
	"XLON": "GB", "AIMX": "GB",
	"XPAR": "FR", "ALXP": "FR", "XAMS": "NL", "XBRU": "BE", "XLIS": "PT", "XDUB": "IE", "XMSM": "IE", "XOSL": "NO",
	"XETR": "DE", "XFRA": "DE", "XBER": "DE", "XDUS": "DE", "XHAM": "DE", "XMUN": "DE", "XSTU": "DE",
	"XMIL": "IT", "MTAA": "IT", "XMAD": "ES", "BMEX": "ES", "XSWX": "CH", "XVTX": "CH", "XWBO": "AT",
	"XSTO": "SE", "XCSE": "DK", "XHEL": "FI", "XICE": "IS",
	"XWAR": "PL", "XPRA": "CZ", "XBUD": "HU", "XATH": "GR", "XIST": "TR", "MISX": "RU",
	"XTAE": "IL", "XSAU": "SA", "XDFM": "AE", "XADS": "AE", "DSMD": "QA", "XJSE": "ZA", "XCAI": "EG",
}

// listings are the tickers of a company (MIC:SYMBOL), in order.
func listings(v *graph.View, n graph.Node) []string {
	out := []string{}
	facts := v.NodeFacts(graph.KindCompany, n)
	for _, id := range facts.Identifiers {
		if ticker, ok := strings.CutPrefix(id, "ticker:"); ok {
			out = append(out, ticker)
		}
	}
	return out
}

// listedIn reports whether one of the tickers is of an exchange in the country.
func listedIn(tickers []string, country string) bool {
	return slices.ContainsFunc(tickers, func(ticker string) bool {
		mic, _, _ := strings.Cut(ticker, ":")
		return exchangeCountry[strings.ToUpper(mic)] == country
	})
}
