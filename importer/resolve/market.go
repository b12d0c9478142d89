package resolve

import (
	"fmt"
	"regexp"
	"strings"
)

// markets are the market codes (ISO 10383) that suffixes and prefixes of share codes stand for, as data vendors and
// newspapers write them.
var markets = map[string]string{
	"SH": "XSHG", "SS": "XSHG", "SSE": "XSHG", "SHA": "XSHG", "SZ": "XSHE", "SHE": "XSHE", "SZSE": "XSHE", "BJ": "BJSE", "BSE": "BJSE",
	"HK": "XHKG", "HKEX": "XHKG", "SEHK": "XHKG", "T": "XTKS", "TYO": "XTKS", "TSE": "XTKS", "JP": "XTKS", "TW": "XTAI", "TWSE": "XTAI", "TPE": "XTAI", "TWO": "ROCO",
	"KS": "XKRX", "KRX": "XKRX", "KQ": "XKOS", "KOSDAQ": "XKOS", "L": "XLON", "LN": "XLON", "LSE": "XLON", "LON": "XLON", "DE": "XETR", "ETR": "XETR", "XETRA": "XETR", "F": "XFRA", "FRA": "XFRA",
	"PA": "XPAR", "EPA": "XPAR", "AS": "XAMS", "AMS": "XAMS", "BR": "XBRU", "MI": "XMIL", "BIT": "XMIL", "MC": "XMAD", "BME": "XMAD", "SW": "XSWX", "SIX": "XSWX", "ST": "XSTO", "STO": "XSTO",
	"HE": "XHEL", "CO": "XCSE", "OL": "XOSL", "VI": "XWBO", "TO": "XTSE", "TSX": "XTSE", "AX": "XASX", "ASX": "XASX", "NS": "XNSE", "NSE": "XNSE", "BO": "XBOM", "SI": "XSES", "SGX": "XSES", "BK": "XBKK",
	"O": "XNAS", "OQ": "XNAS", "NASDAQ": "XNAS", "NAS": "XNAS", "N": "XNYS", "NYSE": "XNYS", "NYQ": "XNYS", "US": "",
}

var (
	micForm      = regexp.MustCompile(`^[A-Z0-9]{4}$`)
	symbolForm   = regexp.MustCompile(`^[A-Z0-9][A-Z0-9./-]{0,14}$`)
	marketBefore = regexp.MustCompile(`^(SH|SZ|BJ|HK)\.?([0-9]{4,6})$`)
	sixDigits    = regexp.MustCompile(`^[0-9]{6}$`)
)

// parseTicker reads a share with its market: MIC:SYMBOL, a known name of the market in the place of the MIC
// (NASDAQ:NVDA), SYMBOL.SUFFIX (600519.SH), SH600519, and the six digits of a share listed in mainland China, whose
// beginning tells the exchange.
func parseTicker(text string) (string, error) {
	text = strings.ToUpper(text)
	market, symbol, found := strings.Cut(text, ":")
	switch m := marketBefore.FindStringSubmatch(text); {
	case found:
		market, symbol = strings.TrimSpace(market), strings.TrimSpace(symbol)
		if mic, ok := markets[market]; ok && mic != "" {
			market = mic
		}
	case m != nil:
		market, symbol = markets[m[1]], m[2]
	case sixDigits.MatchString(text):
		if market, symbol = exchangeOf(text), text; market == "" {
			return "", fmt.Errorf("no exchange of mainland China has codes that begin so; write the market too: MIC:SYMBOL")
		}
	default:
		at := strings.LastIndexByte(text, '.')
		if at < 0 || markets[text[at+1:]] == "" {
			return "", fmt.Errorf("without its market; allowed: MIC:SYMBOL (ISO 10383), such as XNAS:NVDA, or 600519.SH")
		}
		market, symbol = markets[text[at+1:]], text[:at]
	}
	switch {
	case !micForm.MatchString(market):
		return "", fmt.Errorf("%q is no market; allowed: the four characters of ISO 10383, such as XNAS", market)
	case !symbolForm.MatchString(symbol):
		return "", fmt.Errorf("%q is no symbol of a share", symbol)
	case isMainland(market) && sixDigits.MatchString(symbol) && exchangeOf(symbol) != market:
		return "", fmt.Errorf("codes of %s do not begin so", market)
	}
	if market == "XHKG" && isDigits(symbol) && len(symbol) <= 5 { // 700, 0700 and 00700 are one share
		symbol = strings.TrimLeft(symbol, "0")
		symbol = strings.Repeat("0", 5-len(symbol)) + symbol
	}
	return market + ":" + symbol, nil
}

func isMainland(market string) bool { return market == "XSHG" || market == "XSHE" || market == "BJSE" }

// exchangeOf is the exchange in mainland China that lists shares whose six digits begin so: 60 and 68 are A shares of
// Shanghai and 90 B shares, 00 and 30 A shares of Shenzhen and 20 B shares, 4, 8 and 92 shares of Beijing.
func exchangeOf(code string) string {
	switch code[:2] {
	case "60", "68", "90":
		return "XSHG"
	case "00", "30", "20":
		return "XSHE"
	case "92":
		return "BJSE"
	}
	if code[0] == '4' || code[0] == '8' {
		return "BJSE"
	}
	return ""
}

// isAShare reports whether it is a share of which a company has one code only.
func isAShare(market, code string) bool {
	return isMainland(market) && sixDigits.MatchString(code) && code[:2] != "90" && code[:2] != "20"
}
