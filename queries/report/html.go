package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"heading": (*Note).heading, "stop": (*Note).stop, "link": (*Note).link, "dates": (*Note).dates, "capital": capital,
	"both": both, "last": func(i, n int) bool { return i == n-1 },
}).Parse(page))

// WriteHTML writes the report as one page that needs nothing else: no scripts, no fonts, no pictures from elsewhere.
func WriteHTML(w io.Writer, r *Report) error { return pageTemplate.Execute(w, r) }
