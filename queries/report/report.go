// Package report writes what the questions of package queries find about a company into one document that can be
// handed on: findings in words, numbers with bounds, numbered footnotes to sources, the assumptions, and the commands
// that give each number again.
//
// A [Report] is a value. [Make] fills it, [WriteMarkdown] and [WriteHTML] write it out; neither asks anything.
package report

import (
	"context"
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// Request asks for the report of a company, or of a portfolio.
type Request struct {
	Company   string // id, identifier, name or alias; empty with a portfolio
	Portfolio queries.Portfolio
	// PortfolioFile is the file that the portfolio comes from, as commands name it.
	PortfolioFile string
	queries.Scope
	// Rule is the rule of the section on sanctions; the built-in one when it has no name. RuleFile is the file that it
	// comes from, as commands name it; empty of the built-in one.
	Rule     queries.SanctionsRule
	RuleFile string
	Details  queries.Details // reads the quotes
	// Store is what commands need to meet the same store, such as "--store big.db"; empty where they find it.
	Store string
	// Version is the version of the program.
	Version string
	// Format is the form that the reproducing command writes, md or html.
	Format string
}

// Report is the document.
type Report struct {
	Title    string      `json:"title"`
	Company  queries.Ref `json:"company" doc:"The company; of a portfolio, its file as the name"`
	NameZH   string      `json:"name_zh,omitempty"`
	AsOf     string      `json:"as_of"`
	Revision uint64      `json:"revision"`
	Store    string      `json:"store" doc:"UUID of the store"`
	Version  string      `json:"version" doc:"Version of the program"`
	Command  string      `json:"command" doc:"What gives this report again"`
	Late     bool        `json:"late,omitempty" doc:"The time was over before everything was worked out"`
	Summary  []Text      `json:"summary"`
	Sections []Section   `json:"sections"`
	Notes    []*Note     `json:"notes" doc:"Footnotes, in the order of their numbers"`
	Figures  []Figure    `json:"figures" doc:"Every number that the report takes from a question"`
}

// Section is a part of the report with a title.
type Section struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Blocks []Block `json:"blocks"`
	// Commands are the questions that its numbers come from.
	Commands []string `json:"commands"`
}

// Block is a paragraph, a list or a table: one of them.
type Block struct {
	Heading string `json:"heading,omitempty"`
	Text    Text   `json:"text,omitempty"`
	List    []Text `json:"list,omitempty"`
	Table   *Table `json:"table,omitempty"`
}

// Table has a title for each column.
type Table struct {
	Columns []Column `json:"columns"`
	Rows    [][]Text `json:"rows"`
}

// Column is a column of a table.
type Column struct {
	Title string `json:"title"`
	Right bool   `json:"right,omitempty"` // numbers
}

// Text is a line of text in spans.
type Text []Span

// Span is text with the footnotes behind it.
type Span struct {
	Text   string  `json:"text"`
	Strong bool    `json:"strong,omitempty"`
	Code   bool    `json:"code,omitempty"`
	Notes  []*Note `json:"-"`
}

// Note is a footnote: a passage of a source, and the claims that rest on it.
type Note struct {
	Number    int      `json:"number"`
	Source    string   `json:"source,omitempty" doc:"Id of the source; empty where none is cited"`
	Dataset   string   `json:"dataset"`
	Title     string   `json:"title,omitempty"`
	Publisher string   `json:"publisher,omitempty"`
	URL       string   `json:"url,omitempty"`
	Published string   `json:"published,omitempty"`
	Accessed  string   `json:"accessed,omitempty"`
	Said      string   `json:"said,omitempty" doc:"Who says so inside the source, and on what basis"`
	Quote     string   `json:"quote,omitempty"`
	Locator   string   `json:"locator,omitempty"`
	Claims    []string `json:"claims" doc:"Ids of the claims"`
}

// Figure is a number of the report, as the question gave it.
type Figure struct {
	Query string            `json:"query" doc:"The question"`
	Key   string            `json:"key" doc:"The row of its answer"`
	Field string            `json:"field"`
	Bound *queries.Interval `json:"bound,omitempty"`
	Count *int              `json:"count,omitempty"`
}

// Plain is the text without footnotes.
func (t Text) Plain() string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(s.Text)
	}
	return b.String()
}

// plain is a text of one span. Names may end with a full stop, which then ends the sentence too.
func plain(format string, args ...any) Text {
	return Text{{Text: sentence(fmt.Sprintf(format, args...))}}
}

// maker fills a report.
type maker struct {
	v         *graph.View
	req       Request
	out       *Report
	match     queries.PortfolioMatch // of a portfolio
	upstream  int                    // companies, as far as tiers are listed
	notes     map[string]*Note
	relations map[string]*queries.RelationAnswer
	answers   []asked
	summary   [lastFinding][]Text // by kind, in the order in which they are told
}

// asked is a question that was answered.
type asked struct {
	name   string
	answer *queries.Answer
}

// The kinds of findings that the summary tells, in its order.
const (
	findingNetwork = iota
	findingExposure
	findingCountry
	findingSole
	findingRoute
	findingConcentration
	findingCommon
	findingRemedy
	findingSanctions
	findingDisagreement
	findingCustomers
	lastFinding
)

// mattering are the findings, those that matter most first.
var mattering = [...]int{findingSanctions, findingNetwork, findingExposure, findingSole, findingRoute, findingCommon, findingRemedy, findingDisagreement, findingCustomers, findingConcentration, findingCountry}

// mostSummary is how many sentences a summary has at most.
const mostSummary = 8

// Make writes the report of a company. Errors wrap graph.ErrInvalid, ErrNotFound and ErrAmbiguous, or are those of the
// context.
func Make(ctx context.Context, v *graph.View, req Request) (*Report, error) {
	scope, err := req.Scope.Resolve()
	if err != nil {
		return nil, err
	}
	req.Scope = scope
	if v, err = queries.Grouped(ctx, v, scope); err != nil {
		return nil, err
	}
	m := &maker{v: v, req: req, notes: map[string]*Note{}, relations: map[string]*queries.RelationAnswer{}}
	m.out = &Report{AsOf: scope.AsOf, Revision: uint64(v.Head().Revision), Store: v.Head().UUID, Version: req.Version, Sections: []Section{}, Notes: []*Note{}, Figures: []Figure{}}
	sections, err := m.subject(ctx)
	if err != nil {
		return nil, err
	}
	m.out.Title = "What " + m.out.Company.Name + " depends on"
	m.out.Command = m.command("report", strings.TrimSpace(fmt.Sprintf("--revision %d -o %s %s", m.out.Revision, req.Format, m.rule())))
	for _, section := range sections {
		if err := section(ctx); err != nil {
			return nil, err
		}
	}
	m.summarize()
	m.number()
	return m.out, nil
}

// subject finds what is asked about, and gives the sections that there are to it.
func (m *maker) subject(ctx context.Context) ([]func(context.Context) error, error) {
	if len(m.req.Portfolio) > 0 {
		req := queries.PortfolioExposureRequest{Portfolio: m.req.Portfolio}
		req.Scope, req.Page, req.Paths = m.req.Scope, queries.Page{Limit: 1}, -1
		a, err := queries.PortfolioExposure(ctx, m.v, req)
		if err != nil {
			return nil, err
		}
		m.match = a.Portfolio
		name := m.req.PortfolioFile
		if name == "" || name == "-" {
			name = "a portfolio"
		}
		m.out.Company = queries.Ref{Name: name}
		return []func(context.Context) error{m.members, m.shared, m.commonBehind, m.spendConcentration, m.sanctions, m.basis}, nil
	}
	n, err := m.v.Lookup(graph.KindCompany, m.req.Company)
	if err != nil {
		return nil, err
	}
	m.req.Company = m.v.Ref(graph.KindCompany, n)
	m.out.Company, m.out.NameZH = queries.Ref{ID: m.v.ID(graph.KindCompany, n), Name: m.v.Name(graph.KindCompany, n)}, m.v.HanName(graph.KindCompany, n)
	return []func(context.Context) error{m.identity, m.tiers, m.exposures, m.points, m.concentration, m.common, m.sanctions, m.remedies, m.gaps, m.customers, m.disagreements, m.basis}, nil
}

// summarize chooses the sentences of the summary: those that matter most, in the order of the sections.
func (m *maker) summarize() {
	if m.out.Late {
		m.out.Summary = append(m.out.Summary, plain("The time was over before everything was worked out: this report is not complete."))
	}
	var told [lastFinding]bool
	n := 0
	for _, finding := range mattering {
		if sentences := len(m.summary[finding]); sentences > 0 && n+sentences <= mostSummary {
			told[finding], n = true, n+sentences
		}
	}
	for finding, sentences := range m.summary {
		if told[finding] {
			m.out.Summary = append(m.out.Summary, sentences...)
		}
	}
}

// command is the command line of a question about the company.
func (m *maker) command(name, flags string) string {
	of := word(m.req.Company)
	if len(m.req.Portfolio) > 0 {
		of = "--portfolio " + word(m.req.PortfolioFile)
	}
	parts := []string{"tributary", name, of, strings.TrimSpace(flags), "--as-of " + m.req.AsOf}
	if stages := strings.Join(m.req.Stages, ","); stages != "unknown,qualified,volume" {
		parts = append(parts, "--stage "+stages)
	}
	if m.req.MinConfidence > 0 {
		parts = append(parts, fmt.Sprintf("--min-confidence %v", m.req.MinConfidence))
	}
	if m.req.Group != queries.GroupNone {
		parts = append(parts, fmt.Sprintf("--group %s --control-threshold %v", m.req.Group, m.req.ControlThreshold))
	}
	if m.req.Store != "" {
		parts = append(parts, m.req.Store)
	}
	return strings.Join(parts[:3], " ") + joined(parts[3:])
}

func joined(parts []string) string {
	out := ""
	for _, p := range parts {
		if p != "" {
			out += " " + p
		}
	}
	return out
}

// word is a word of a command line.
func word(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// section adds a part; one without blocks is left out.
func (m *maker) section(s Section) {
	if len(s.Blocks) > 0 {
		m.out.Sections = append(m.out.Sections, s)
	}
}

// asked remembers an answer, for the section on what the report rests on.
func (m *maker) asked(name string, a *queries.Answer) {
	m.late(a)
	m.answers = append(m.answers, asked{name, a})
}

// late notes when there was no time for the whole of an answer.
func (m *maker) late(a *queries.Answer) {
	m.out.Late = m.out.Late || a.StoppedBecause == queries.StoppedByDeadline
}

// tell adds a sentence to the summary.
func (m *maker) tell(finding int, t Text) { m.summary[finding] = append(m.summary[finding], t) }

// bound is a number of a question as the report prints it.
func (m *maker) bound(query, key, field string, i *queries.Interval) string {
	if i == nil {
		return "not known"
	}
	m.out.Figures = append(m.out.Figures, Figure{Query: query, Key: key, Field: field, Bound: i})
	return boundText(i)
}

// count is a count of a question as the report prints it.
func (m *maker) count(query, key, field string, n int) int {
	m.out.Figures = append(m.out.Figures, Figure{Query: query, Key: key, Field: field, Count: &n})
	return n
}
