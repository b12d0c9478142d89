package explorer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// examples are the files that teach mappings.
const examples = "../../importer/mapping/testdata"

const fileInput = chromedp.CSS(`.import-drop input[type=file]`)

// choose chooses files, as the dialog of the browser would.
func (p *tab) choose(files ...string) {
	p.t.Helper()
	for i, file := range files {
		var err error
		if files[i], err = filepath.Abs(file); err != nil {
			p.t.Fatal(err)
		}
	}
	p.run(chromedp.SetUploadFiles(fileInput, files))
}

// write writes a file of the test's own.
func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file in columns of ours, of which two rows are bad: understood, imported, accounted for, taken back.
func TestImport(t *testing.T) {
	s := serveSample(t)
	p := s.open(t, "#/import")
	p.see("Drop files here", "Earlier imports", "sample")
	p.choose(write(t, "vendors.csv", "supplier,buyer,product,share_of_input\nPump Works,My Company,pumps,40%\nNVIDIA,My Company,Data-centre GPU,much\nVertiv,My Company,Liquid cooling,0.3\n,My Company,Nothing,0.1\n"))
	p.see("the rows are relations", "Who supplies whom", "Pump Works", "40%", "Rejected (2)", "much", "share of input", "4 rows understood, 2 rejected")
	p.click("Download the rejected rows")
	p.see("What the file is a version of")
	p.click("Import vendors.csv")
	p.at("import=")
	p.see("Report: vendors", "Rejected (2)", "Look at what came in")
	p.click("Pump Works")
	p.at("#/company/")
	p.see("Pump Works")

	// The report has an address; the import can be taken back.
	p.goTo("#/import")
	p.see("Earlier imports")
	p.run(chromedp.Click(chromedp.CSS(".import-past a")))
	p.see("Report: vendors", "much")
	p.click("Take this import back")
	p.click("Take it back")
	p.see("This import is taken back", "taken back")
	p.allow("404")
	p.goTo("#/company/Pump%20Works")
	p.see("That did not work")
}

// A file in other columns: a mapping is drafted, corrected where it is wrong, and tried until it is right.
func TestImportByMapping(t *testing.T) {
	p := serveSample(t).open(t, "#/import")
	p.allow("422") // the file is not understood by itself, and a mapping is wrong on purpose
	p.choose(examples + "/chain.csv")
	p.see("Read by the mapping below", "What needs a look", "宁德时代", "62.5%", "Rejected (1)", "约三成")
	p.run(chromedp.Evaluate[chromedp.Void](`{
		const text = document.querySelector(".code textarea");
		text.value = text.value.replace('supplier: "{to}"', 'suplier: "{to}"');
		text.dispatchEvent(new Event("input", {bubbles: true}));
	}`))
	p.see("Changed since it was tried")
	p.click("Try again")
	p.see("What is wrong", "suplier")
	p.until(`document.querySelectorAll(".gutter .wrong").length > 0`)
	p.click("Line 21")
	p.until(`document.activeElement.tagName === "TEXTAREA" && document.activeElement.value.slice(document.activeElement.selectionStart).startsWith("suplier")`)
	p.run(chromedp.Evaluate[chromedp.Void](`{
		const text = document.querySelector(".code textarea");
		text.value = text.value.replace("suplier", "supplier").replaceAll('blank: ["—"]', 'blank: ["—", "约三成"]');
		text.dispatchEvent(new Event("input", {bubbles: true}));
	}`))
	p.click("Try again")
	p.until(`!document.body.innerText.includes("Rejected (") && document.body.innerText.includes("rows converted")`)
	p.click("Import chain.csv")
	p.see("Report: chain", "Look at what came in", "宁德时代")
}

// Several files at once, with the mapping and the table that it looks up in, in Chinese.
func TestImportSeveral(t *testing.T) {
	p := serveSample(t).open(t, "?lang#/import?lang=zh")
	p.see("将文件拖放到此处")
	p.choose(examples+"/market.csv", examples+"/market.yaml", examples+"/countries.csv")
	p.see("按下方的映射读取", "生产关系", "市场份额", "略过原因", "另有供查找的文件：countries.csv")
	p.choose(write(t, "one.csv", "supplier,buyer\nA Works,B Works\n"))
	p.see("导入全部 2 个文件")
	p.click("导入全部 2 个文件")
	p.see("报告：one")
	p.see("以往的导入", "market")
}

// An import that is stopped says what stays, and can be gone on with.
func TestImportStopped(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("supplier,buyer,product\n")
	for i := range 400_000 {
		fmt.Fprintf(&rows, "Maker %d,Buyer %d,part %d\n", i%5000, (i*7)%5000, i%997)
	}
	p := serveSample(t).open(t, "#/import")
	p.choose(write(t, "large.csv", rows.String()))
	p.see("400,000 rows understood")
	// The page stops it as soon as there is something to stop.
	p.run(chromedp.Evaluate[chromedp.Void](`new MutationObserver(() => document.querySelector(".running button")?.click()).observe(document.body, {subtree: true, childList: true})`))
	p.click("Import large.csv")
	p.see("Stopped. What was written stays")
}

// axe finds nothing in what was understood, nor in a report.
func TestImportAccessible(t *testing.T) {
	checker := axeOf(t)
	s := serveSample(t)
	for _, x := range []struct {
		language, scheme string
		width            int64
	}{{"en", light, wide}, {"zh", dark, phone}} {
		p := s.show(t, state{"import", "#/import", "Drop files here", "将文件拖放到此处"}, x.language, x.scheme, x.width)
		p.allow("422")
		p.choose(examples + "/chain.csv")
		p.see("约三成")
		p.until(`document.querySelector(".import-rejections")`)
		p.accessible(checker)
		p.run(chromedp.Click(chromedp.CSS(".import .buttons button.primary:last-of-type")))
		p.until(`document.querySelector(".came-in")`)
		p.accessible(checker)
	}
}
