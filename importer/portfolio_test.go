package importer_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

// portfolioText writes rows as "2 Nvidia 1250000.5 USD; 3 TSMC".
func portfolioText(rows []importer.PortfolioRow) string {
	var out []string
	for _, r := range rows {
		text := fmt.Sprintf("%d %s", r.Row, r.Company)
		if r.Spend != nil {
			text += fmt.Sprintf(" %v", *r.Spend)
		}
		if r.Currency != "" {
			text += " " + r.Currency
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func readPortfolio(data []byte) ([]importer.PortfolioRow, error) {
	return importer.ReadPortfolio(context.Background(), importer.Input{Reader: bytes.NewReader(data), Name: "vendors"}, 1<<20)
}

func TestReadPortfolio(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Nvidia\n\"Foo, Inc.\"\nA, B\n", "1 Nvidia; 2 Foo, Inc.; 3 A, B"},
		{"Foo Co., Ltd.\nBar, Inc.\n", "1 Foo Co., Ltd.; 2 Bar, Inc."},
		{"\uFEFFname\nNvidia\n\nTSMC\n", "2 Nvidia; 4 TSMC"},
		{"company,spend,currency\nNvidia,\"1,250,000.50\",usd\nTSMC,,TWD\nIntel,0,\n", "2 Nvidia 1.2500005e+06 USD; 3 TSMC TWD; 4 Intel 0"},
		{"Vendor Name;Amount;Ccy\nNvidia;1250000.50;RMB\n", "2 Nvidia 1.2500005e+06 CNY"},
		{"供应商,金额,币种\n英伟达,\"１，２５０，０００.５０\",美元\n台积电,-,新台币\n", "2 英伟达 1.2500005e+06 USD; 3 台积电 TWD"},
		{"公司名称\t采购金额（人民币）\n中芯国际\t1 250 000\n", "2 中芯国际 1.25e+06 CNY"},
		{"2025 供应商清单,,\n,,\n供应商,金额,币种\n英伟达,5,USD\n", "4 英伟达 5 USD"},
		{"name,spend\nA,USD 5\nB,5 EUR\nC,€5\nD,1'250'000\nE,n/a\n", "2 A 5 USD; 3 B 5 EUR; 4 C 5 EUR; 5 D 1.25e+06; 6 E"},
		{"name,spend,currency\nA,$5,USD\nB,5元,CNY\n", "2 A 5 USD; 3 B 5 CNY"},
	} {
		rows, err := readPortfolio([]byte(test.text))
		if got := portfolioText(rows); err != nil || got != test.want {
			t.Errorf("%q: %s, %v; want %s", test.text, got, err, test.want)
		}
	}
	for _, test := range []struct{ text, want string }{
		{"name,amount\nNvidia,1.2m\nTSMC,5\nIntel,\"1,25\"\n", `row 2: amount "1.2m": write it in full; want a number of 0 or more such as 1250000.5 or 1,250,000.50; row 4: amount "1,25": want a number`},
		{"name,amount\nNvidia,-5\n", "row 2: amount \"-5\": want a number of 0 or more"},
		{"name,amount\nNvidia,1.250.000\n", "want a number"},
		{"name,amount\nNvidia,1e999\n", "want a number"},
		{"name,amount\nNvidia,$5\n", "$ is the sign of several currencies; write the code, such as USD, in a column currency"},
		{"name,amount,currency\nNvidia,5 EUR,USD\n", "it is in EUR, but the row says USD"},
		{"name,amount,currency\nNvidia,5,dollars\n", `currency "dollars"; want a code of ISO 4217 such as USD`},
		{"供应商,金额（万元）\n英伟达,5\n", "its amounts are in 万元; write them in full"},
		{"name,spend\n,5\n", "row 2: names no company in column name"},
		{"name,spend\n", "names no company"},
		{"x,y,z\n1,2,3\n", "row 1: no column is known to hold companies (found: x, y, z); call it company, supplier, vendor, name, id, 供应商 or 公司, the spend beside it spend, amount or 金额, and its currency currency or 币种; or write one name a line"},
		{"Nvidia,5\nTSMC,7\n", "(found: Nvidia, 5)"},
		{"甲方;乙方\n英伟达;台积电\n", "(found: 甲方, 乙方)"},
		{"x, y\n1, 2\n3, 4\n", "(found: 1, 2)"},
		{"", "empty"},
	} {
		rows, err := readPortfolio([]byte(test.text))
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, %v; want %s", test.text, rows, err, test.want)
		}
	}
}

func TestReadPortfolioInOtherEncodings(t *testing.T) {
	const text = "供应商,金额\n英伟达,5\n台积电,7\n"
	want := "2 英伟达 5; 3 台积电 7"
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(strings.ReplaceAll(text, ",", "\t")))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"GB18030": gb, "UTF-16": utf16} {
		if rows, err := readPortfolio(data); err != nil || portfolioText(rows) != want {
			t.Errorf("%s: %s, %v; want %s", name, portfolioText(rows), err, want)
		}
	}
}

func workbook(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	fill(book)
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t testing.TB, book *excelize.File, sheet string, cells map[string]any) {
	t.Helper()
	for at, value := range cells {
		if err := book.SetCellValue(sheet, at, value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadPortfolioFromExcel(t *testing.T) {
	data := workbook(t, func(book *excelize.File) { // the first sheet stays empty
		for _, sheet := range []string{"Vendors", "名单"} {
			if _, err := book.NewSheet(sheet); err != nil {
				t.Fatal(err)
			}
		}
		set(t, book, "Vendors", map[string]any{"A1": "Supplier", "B1": "Spend", "C1": "Currency", "A2": "Nvidia", "B2": 1250000.5, "C2": "USD", "A4": "英伟达", "B4": "1,000", "C4": "USD"})
		set(t, book, "名单", map[string]any{"A1": "台积电", "A2": "Intel"})
		style, err := book.NewStyle(&excelize.Style{NumFmt: 4}) // shows 1,250,000.50
		if err == nil {
			err = book.SetCellStyle("Vendors", "B2", "B2", style)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	path := filepath.Join(t.TempDir(), "vendors.xlsx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want string }{
		{path, "2 Nvidia 1.2500005e+06 USD; 4 英伟达 1000 USD"},
		{path + "#vendors", "2 Nvidia 1.2500005e+06 USD; 4 英伟达 1000 USD"},
		{path + "#名单", "1 台积电; 2 Intel"},
	} {
		rows, err := importer.ReadPortfolio(t.Context(), importer.Input{Path: test.path}, 1<<20)
		if got := portfolioText(rows); err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want %s", test.path, got, err, test.want)
		}
	}
	if _, err := importer.ReadPortfolio(t.Context(), importer.Input{Path: path + "#Prices"}, 1<<20); !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "its sheets: Sheet1, Vendors, 名单") {
		t.Errorf("no such sheet: %v", err)
	}
	if _, err := importer.ReadPortfolio(t.Context(), importer.Input{Path: path}, 1000); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("too large: %v", err)
	}
}

// A small archive may hold very much, and one cell far to the right makes many empty ones: neither is read.
func TestWorkbooksAreBounded(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	for i := 0; i < 80 && err == nil; i++ {
		_, err = w.Write(make([]byte, 1<<20))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	wide := workbook(t, func(book *excelize.File) {
		for row := range 400 {
			set(t, book, "Sheet1", map[string]any{fmt.Sprintf("XFD%d", row+1): "x"})
		}
	})
	for name, test := range map[string]struct {
		data []byte
		want string
	}{"bomb": {bomb.Bytes(), "once it is unzipped"}, "wide": {wide, "cells that are allowed"}, "no workbook": {[]byte("PK\x03\x04x"), "zip archive"}} {
		if _, err := readPortfolio(test.data); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

// Whatever the file holds, it is read or refused: rows are named in order, spends are numbers of 0 or more.
func FuzzReadPortfolio(f *testing.F) {
	for _, text := range []string{"Nvidia\nTSMC\n", "name,spend,currency\nNvidia,\"1,250,000.50\",USD\n", "供应商;金额（美元）\n英伟达;5\n", "sep=;\nname;spend\n", "a\x00b", "\xFF\xFEa\x00", "PK\x03\x04",
		"name,spend\nA,€5\nB,5 RMB\nC,1.2m\n"} {
		f.Add([]byte(text))
	}
	f.Add(workbook(f, func(book *excelize.File) { set(f, book, "Sheet1", map[string]any{"A1": "name", "A2": "Nvidia"}) }))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := readPortfolio(data)
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		last := int64(0)
		for _, r := range rows {
			if r.Row <= last || r.Company == "" {
				t.Fatalf("%q: %+v after row %d", data, r, last)
			}
			if r.Spend != nil && !(*r.Spend >= 0 && *r.Spend <= math.MaxFloat64) {
				t.Fatalf("%q: spend %v", data, *r.Spend)
			}
			last = r.Row
		}
	})
}
