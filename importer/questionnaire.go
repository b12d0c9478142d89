package importer

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// questionnaire says where the columns of a questionnaire stand. See [graph.QuestionColumns].
type questionnaire struct {
	fixed                        []int // of the question
	asked, field, relations      int
	period, holds                int
	answer, source, date, checks int
}

// questionnaireOf recognises a questionnaire by its header; nil where it is none. One that lacks a column is an error.
func (s *shape) questionnaireOf(name string) (*questionnaire, error) {
	at := func(name string) int {
		return slices.IndexFunc(s.columns, func(c column) bool { return spelled(c.header) == name })
	}
	for _, need := range []string{"question", "answer", "field", "relations"} { // no other kind of file has all of them
		if at(need) < 0 {
			return nil, nil
		}
	}
	q := &questionnaire{asked: at("asked"), field: at("field"), relations: at("relations"), period: at("period"), holds: at("holds"), answer: at("answer"), source: at("source"), date: at("date"), checks: at(graph.CheckColumn)}
	for _, column := range slices.Concat(graph.QuestionColumns, graph.AnswerColumns, []string{graph.CheckColumn}) {
		if at(column) < 0 {
			return nil, fmt.Errorf("%w: %s: column %q is missing: a questionnaire has the columns %s", graph.ErrInvalid, name, column,
				strings.Join(slices.Concat(graph.QuestionColumns, graph.AnswerColumns, []string{graph.CheckColumn}), ", "))
		}
	}
	for _, column := range graph.QuestionColumns {
		q.fixed = append(q.fixed, at(column))
	}
	return q, nil
}

// answers gathers what the rows of a questionnaire answer: answers about one relation, by one who is asked, of one
// source and date are one claim.
type answers struct {
	counts Answers
	today  graph.Date
	claims map[graph.Key]*answeredClaim
}

// answeredClaim is a claim made of answers.
type answeredClaim struct {
	holds    graph.Holding
	fields   map[graph.FieldID]answeredField
	position uint64 // of the first row
}

type answeredField struct {
	graph.Field
	row int64
}

// readAnswer takes one row of a questionnaire.
func (a *answers) readAnswer(q *questionnaire, dataset string, x *row, at uint64) error {
	cells := make([]string, len(q.fixed))
	for i, column := range q.fixed {
		cells[i] = x.cells[column]
	}
	if changed := graph.ChangedCells(cells, x.cells[q.checks]); len(changed) == len(cells) {
		return badCell(graph.CheckColumn, x.cells[q.checks], "%s %q does not fit the row: only answer, source and date are to be filled; make the questionnaire anew and copy the answers over", graph.CheckColumn, cut(x.cells[q.checks]))
	} else if len(changed) > 0 {
		column := graph.QuestionColumns[changed[0]]
		return badCell(column, cells[changed[0]], "%s %q is not what the questionnaire said: only answer, source and date are to be filled", column, cut(cells[changed[0]]))
	}
	answer := graph.Clean(x.cells[q.answer])
	if answer == "" {
		a.counts.Unanswered++
		return nil
	}
	id, _ := graph.FieldByName(graph.KindSupplies, graph.Clean(x.cells[q.field])) // as the questionnaire wrote it
	field, err := parseAnswer(id, answer)
	if cell := (*cellError)(nil); errors.As(err, &cell) {
		return cell
	} else if err != nil {
		return badValue("answer", answer, err)
	}
	period, given, err := a.readDate(q, x)
	if err != nil {
		return err
	}
	asked := graph.Clean(strings.TrimPrefix(graph.Clean(x.cells[q.asked]), "'"))
	source := graph.Clean(strings.TrimPrefix(graph.Clean(x.cells[q.source]), "'"))
	if source == "" {
		source = "answer of " + asked // in whatever file: one word is no independent second one
	}
	relations, err := readRelations(q, x, given)
	if err != nil {
		return err
	}
	for _, r := range relations {
		key := graph.Key{RelationKey: r.RelationKey, Dataset: dataset, Source: source, AssertedBy: asked, Period: period, ValidFrom: max(r.Holding.From, given)}
		if err := a.add(key, r.Holding, field, x.number, at); err != nil {
			return err
		}
	}
	a.counts.Answered++
	return nil
}

// readDate reads the period that an answer is of, and from which day on it is given: that of the question, where it asks
// about one, else the date of the answer.
func (a *answers) readDate(q *questionnaire, x *row) (period graph.Period, given graph.Date, err error) {
	date := graph.Clean(x.cells[q.date])
	if date == "" {
		return "", 0, badCell("date", "", "date is empty: of which day, month or year is the answer? allowed: 2026-11-24, 2026-11, 2026Q4, 2026")
	}
	if period, err = graph.ParsePeriod(date); err != nil {
		return "", 0, badCell("date", date, "date %q: not a date; allowed: 2026-11-24, 2026-11, 2026Q4, 2026 (a spreadsheet may have rewritten it: format the column as text)", cut(date))
	}
	given = period.Start()
	if given > a.today {
		return "", 0, badCell("date", date, "date %q lies ahead: it is the day, month or year of which the answer is, and before it begins the answer would count for nothing", cut(date))
	}
	about, err := graph.ParsePeriod(graph.Clean(x.cells[q.period])) // as the questionnaire wrote it
	switch {
	case err != nil:
		return "", 0, badValue("period", x.cells[q.period], err)
	case about == "":
		return period, given, nil
	case period.End() <= about.Start():
		return "", 0, badCell("date", date, "date %q is before %s, which the question is about", cut(date), about)
	}
	return about, max(given, about.Start()), nil
}

// heldRelation is a relation that an answer is about, and when it holds.
type heldRelation struct {
	graph.RelationKey
	graph.Holding
}

// readRelations are the relations that an answer is about, without those that ended before it was given.
func readRelations(q *questionnaire, x *row, given graph.Date) (list []heldRelation, err error) {
	ids, holds := strings.Fields(x.cells[q.relations]), strings.Split(x.cells[q.holds], ";")
	if len(ids) != len(holds) {
		return nil, badCell("holds", x.cells[q.holds], "holds: %d for %d relations", len(holds), len(ids))
	}
	var ended graph.Date
	for i, text := range ids {
		relation, err := graph.ParseRelationID(text)
		if err != nil || relation.Kind != graph.KindSupplies {
			return nil, badCell("relations", text, "%q is no id of a supplies relation", cut(text))
		}
		holding, err := graph.ParseHolding(graph.Clean(strings.TrimPrefix(graph.Clean(holds[i]), "'")))
		if err != nil {
			return nil, badValue("holds", holds[i], err)
		}
		if holding.To != graph.NoDate && holding.To <= given {
			ended = max(ended, holding.To)
			continue
		}
		list = append(list, heldRelation{relation, holding})
	}
	if len(list) == 0 {
		date := graph.Clean(x.cells[q.date])
		return nil, badCell("date", date, "date %q: what is asked about ended on %s; an answer is of a day before", cut(date), ended)
	}
	return list, nil
}

func (a *answers) add(key graph.Key, holds graph.Holding, field graph.Field, row int64, at uint64) error {
	if a.claims == nil {
		a.claims = map[graph.Key]*answeredClaim{}
	}
	c := a.claims[key]
	if c == nil {
		c = &answeredClaim{holds: holds, fields: map[graph.FieldID]answeredField{}, position: at}
		a.claims[key] = c
	}
	have, ok := c.fields[field.ID]
	switch {
	case !ok:
		c.fields[field.ID] = answeredField{field, row}
	case !have.Equal(field):
		return badCell("answer", field.Value(), "row %d answers the same with %s", have.row, have.Value())
	}
	return nil
}

// parseAnswer reads an answer as people give it: a part may be a percentage, and have a decimal comma.
func parseAnswer(id graph.FieldID, text string) (graph.Field, error) {
	text = strings.TrimPrefix(text, "'")
	switch id.Spec().Type {
	case graph.TypeShare:
		return parsePart(id, text)
	case graph.TypeFlag:
		f, err := graph.ParseField(id, text)
		if err != nil {
			err = fmt.Errorf("%w: %s %q: allowed: yes or no (是 or 否)", graph.ErrInvalid, id, text)
		}
		return f, err
	}
	if strings.Contains(text, ";") {
		return graph.Field{}, fmt.Errorf("%w: %s %q: several products; allowed: one, and an empty answer where several need it", graph.ErrInvalid, id, text)
	}
	reference, err := reference("answer", text)
	if err != nil {
		return graph.Field{}, err
	}
	return graph.ParseField(id, reference)
}

// parsePart reads a part of a whole.
func parsePart(id graph.FieldID, text string) (graph.Field, error) {
	number := strings.ReplaceAll(strings.ReplaceAll(text, "％", "%"), " ", "")
	part, percentage := strings.CutSuffix(number, "%")
	if strings.Count(part, ",") == 1 && !strings.Contains(part, ".") {
		part = strings.Replace(part, ",", ".", 1)
	}
	if percentage {
		part += "e-2" // as it is written: 14.3 / 100 is not 0.143
	}
	f, err := graph.ParseField(graph.FieldValue, part) // any number from 0
	if err != nil || f.Number > 1 {
		return graph.Field{}, fmt.Errorf("%w: %s %q: allowed: a part from 0 to 1, such as 0.3, or a percentage, such as 30%%", graph.ErrInvalid, id, text)
	}
	return graph.ParseField(id, strconv.FormatFloat(f.Number, 'f', -1, 64))
}

// flush hands the claims over to be sorted and written.
func (a *answers) flush(p *rowParser, to *sorter) error {
	basis, err := graph.ParseField(graph.FieldBasis, "company")
	if err != nil {
		return err
	}
	for key, c := range a.claims {
		fields := append(holdingFields(c.holds), basis)
		for _, f := range c.fields {
			fields = append(fields, f.Field)
		}
		slices.SortFunc(fields, func(a, b graph.Field) int { return int(a.ID) - int(b.ID) })
		p.key, p.value = appendKey(p.key[:0], &key), p.value[:0]
		for _, f := range fields {
			p.value = appendField(p.value, f)
		}
		if err := to.add(p.key, p.value, c.position); err != nil {
			return err
		}
	}
	a.counts.Claims = int64(len(a.claims))
	clear(a.claims)
	return nil
}

// holdingFields are the fields of a claim that say until when it holds, and in what stage.
func holdingFields(h graph.Holding) (fields []graph.Field) {
	if h.To != graph.NoDate {
		fields = append(fields, graph.Field{ID: graph.FieldValidTo, Text: h.To.String(), Number: math.NaN()})
	}
	if h.Stage != "" {
		fields = append(fields, graph.Field{ID: graph.FieldStage, Text: h.Stage, Number: math.NaN()})
	}
	return fields
}
