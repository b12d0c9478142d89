package sqlitestore

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"zombiezen.com/go/sqlite"
)

// rowsPerInsert is how many rows one execution of a statement writes: enough to make its own cost small.
const rowsPerInsert = 100

// insertsKept bounds the statements that a connection keeps prepared for writing rows.
const insertsKept = 128

// row is a statement as it is written into the table of its kind.
type row struct {
	*graph.Statement
	seq      int64
	revision graph.Revision
	touches  int // 0: the row is its only touch
}

// keyColumn is the value of a column of the key, in the order of table.keys.
func (t *table) keyColumn(k *graph.Key, column int) string {
	if ends := len(t.ends); column >= ends {
		column += 3 - ends
	}
	switch column {
	case 0:
		return k.From
	case 1:
		return k.To
	case 2:
		return k.Product
	case 3:
		return k.Dataset
	case 4:
		return k.Source
	case 5:
		return k.AssertedBy
	case 6:
		return string(k.Period)
	default:
		return k.ValidFrom.String()
	}
}

// shape is how a run of rows is written: which columns have one value in all of them, and are bound once;
// which differ; and which no row has. It makes most rows of a file a handful of values.
type shape struct {
	table       *table
	verb        string // INSERT or REPLACE
	sameKeys    []int  // columns of the key, by their number
	keys        []int
	sameFields  []graph.Field
	fields      []graph.FieldID
	sameTouches bool // all rows have one import and revision, and no list of touches
}

// general is the shape that fits every row.
func (t *table) general(verb string) *shape {
	s := &shape{table: t, verb: verb, fields: t.fields}
	for i := range t.keys {
		s.keys = append(s.keys, i)
	}
	return s
}

// shapeOf finds the shape of n rows.
func (t *table) shapeOf(verb string, n int, at func(int) row) *shape {
	first := at(0)
	s := &shape{table: t, verb: verb, sameTouches: true}
	var (
		keyVaries   [8]bool
		stated      [graph.NumFields]int // by how many rows
		value       [graph.NumFields]graph.Field
		fieldVaries [graph.NumFields]bool
	)
	for i := range n {
		r := at(i)
		for column := range t.keys {
			keyVaries[column] = keyVaries[column] || i > 0 && t.keyColumn(&r.Key, column) != t.keyColumn(&first.Key, column)
		}
		for _, f := range r.Fields {
			if f.Empty() {
				continue
			}
			if stated[f.ID]++; stated[f.ID] == 1 {
				value[f.ID] = f
			}
			fieldVaries[f.ID] = fieldVaries[f.ID] || !f.Equal(value[f.ID])
		}
		s.sameTouches = s.sameTouches && r.touches == 0 && r.seq == first.seq && r.revision == first.revision
	}
	for column := range t.keys {
		if keyVaries[column] {
			s.keys = append(s.keys, column)
		} else {
			s.sameKeys = append(s.sameKeys, column)
		}
	}
	for _, f := range t.fields {
		switch {
		case stated[f] == 0:
		case stated[f] == n && !fieldVaries[f] && f != graph.FieldAttributes:
			s.sameFields = append(s.sameFields, value[f])
		default:
			s.fields = append(s.fields, f)
		}
	}
	return s
}

// same is the number of parameters that are bound once, and each the number that every row has.
func (s *shape) same() int {
	n := len(s.sameKeys) + len(s.sameFields)
	if s.sameTouches {
		n += len(bookColumns) - 1 // touches is NULL
	}
	return n
}

func (s *shape) each() int {
	n := len(s.keys) + len(s.fields)
	if !s.sameTouches {
		n += len(bookColumns)
	}
	return n
}

// sql is the statement that writes so many rows.
func (s *shape) sql(rows int) string {
	var columns []string
	for _, column := range s.sameKeys {
		columns = append(columns, s.table.keys[column])
	}
	for _, f := range s.sameFields {
		columns = append(columns, f.ID.String())
	}
	if s.sameTouches {
		columns = append(columns, bookColumns[:2]...)
	}
	for _, column := range s.keys {
		columns = append(columns, s.table.keys[column])
	}
	for _, f := range s.fields {
		columns = append(columns, f.String())
	}
	if !s.sameTouches {
		columns = append(columns, bookColumns...)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s INTO %s (%s) VALUES ", s.verb, s.table.name, strings.Join(columns, ", "))
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		for i := range s.same() + s.each() {
			parameter := i + 1
			if i >= s.same() {
				parameter += r * s.each()
			}
			b.WriteByte("(,"[min(i, 1)])
			b.WriteByte('?')
			b.WriteString(strconv.Itoa(parameter))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// writeRows writes rows of one kind, at least one.
func (c *conn) writeRows(t *table, verb string, n int, at func(int) row) error {
	s := t.general(verb)
	if n >= rowsPerInsert {
		s = t.shapeOf(verb, n, at)
	}
	for i := 0; i < n; {
		rows := rowsPerInsert
		if n-i < rows {
			rows = 1
		}
		stmt, err := c.insert(s.sql(rows))
		if err != nil {
			return err
		}
		s.bindSame(stmt, at(0))
		for ; i+rows <= n; i += rows {
			for r := range rows {
				s.bindRow(stmt, s.same()+r*s.each()+1, at(i+r))
			}
			if _, err := stmt.Step(); err != nil {
				return err
			}
			if err := stmt.Reset(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shape) bindSame(stmt *sqlite.Stmt, first row) {
	p := 1
	for _, column := range s.sameKeys {
		stmt.BindText(p, s.table.keyColumn(&first.Key, column))
		p++
	}
	for _, f := range s.sameFields {
		bindField(stmt, p, f)
		p++
	}
	if s.sameTouches {
		stmt.BindInt64(p, first.seq)
		stmt.BindInt64(p+1, int64(first.revision))
	}
}

func (s *shape) bindRow(stmt *sqlite.Stmt, p int, r row) {
	for _, column := range s.keys {
		stmt.BindText(p, s.table.keyColumn(&r.Key, column))
		p++
	}
	fields := r.Fields
	for _, id := range s.fields {
		for len(fields) > 0 && fields[0].ID < id {
			fields = fields[1:]
		}
		if len(fields) > 0 && fields[0].ID == id {
			bindField(stmt, p, fields[0])
		} else {
			stmt.BindNull(p)
		}
		p++
	}
	if s.sameTouches {
		return
	}
	stmt.BindInt64(p, r.seq)
	stmt.BindInt64(p+1, int64(r.revision))
	if r.touches == 0 {
		stmt.BindNull(p + 2)
	} else {
		stmt.BindInt64(p+2, int64(r.touches))
	}
}

func bindField(stmt *sqlite.Stmt, p int, f graph.Field) {
	switch {
	case f.Empty():
		stmt.BindNull(p)
	case f.ID.Spec().Type.Numeric():
		stmt.BindFloat(p, f.Number)
	default:
		stmt.BindText(p, f.Text)
	}
}

// usedFields tells, for each kind, which fields any statement ever stated. Most columns of most files are
// never used, and reading a NULL costs nearly as much as reading a value.
type usedFields [graph.NumKinds]uint64

const _ = uint(64 - graph.NumFields) // the fields fit

func (u *usedFields) add(s *graph.Statement) {
	for _, f := range s.Fields {
		if !f.Empty() {
			u[s.Kind] |= 1 << f.ID
		}
	}
}

// of are the used fields of a kind, the bulky ones only where asked for.
func (u *usedFields) of(t *table, details bool) (fields []graph.FieldID) {
	for _, f := range t.fields {
		if u[t.kind]&(1<<f) != 0 && (details || !f.Spec().Details) {
			fields = append(fields, f)
		}
	}
	return fields
}

func readUsedFields(c *conn) (u usedFields, err error) {
	err = c.query("SELECT kind, name FROM used_column", nil, func(row *sqlite.Stmt) error {
		kind, err := graph.ParseKind(row.ColumnText(0))
		if err != nil {
			return err
		}
		if f, ok := graph.FieldByName(kind, row.ColumnText(1)); ok {
			u[kind] |= 1 << f
		}
		return nil
	})
	return u, err
}

// write notes the fields that were not used before.
func (u *usedFields) write(c *conn, before *usedFields) error {
	for k, t := range tables {
		for _, f := range t.fields {
			if u[k]&^before[k]&(1<<f) == 0 {
				continue
			}
			if err := c.exec("INSERT INTO used_column (kind, name) VALUES (?, ?)", t.name, f.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// insert prepares a statement that writes rows, or finds it prepared.
func (c *conn) insert(sql string) (*sqlite.Stmt, error) {
	if stmt := c.inserts[sql]; stmt != nil {
		return stmt, nil
	}
	if len(c.inserts) >= insertsKept {
		c.forgetInserts()
	}
	stmt, _, err := c.PrepareTransient(sql)
	if err == nil {
		c.inserts[sql] = stmt
	}
	return stmt, err
}

func (c *conn) forgetInserts() {
	for _, stmt := range c.inserts {
		_ = stmt.Finalize()
	}
	clear(c.inserts)
}

// bulk writes many rows into a bookkeeping table: head is the statement up to VALUES.
type bulk struct {
	c       *conn
	head    string
	columns int
	args    []any // of the rows that wait
}

// add writes a row, some time before flush returns.
func (b *bulk) add(args ...any) error {
	b.args = append(b.args, args...)
	if len(b.args) < rowsPerInsert*b.columns {
		return nil
	}
	return b.flush()
}

func (b *bulk) flush() error {
	for len(b.args) > 0 {
		rows := rowsPerInsert
		if len(b.args) < rows*b.columns {
			rows = 1
		}
		one := "(?" + strings.Repeat(",?", b.columns-1) + ")"
		stmt, err := b.c.insert(b.head + one + strings.Repeat(","+one, rows-1))
		if err != nil {
			return err
		}
		for i, arg := range b.args[:rows*b.columns] {
			bindAny(stmt, i+1, arg)
		}
		if _, err := stmt.Step(); err != nil {
			return err
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
		b.args = b.args[:copy(b.args, b.args[rows*b.columns:])]
	}
	return nil
}

func bindAny(stmt *sqlite.Stmt, p int, arg any) {
	switch v := arg.(type) {
	case nil:
		stmt.BindNull(p)
	case string:
		stmt.BindText(p, v)
	case int64:
		stmt.BindInt64(p, v)
	default:
		panic(fmt.Sprintf("sqlitestore: cannot bind %T", arg))
	}
}

// keyArgs are the values of the columns anyKey.
func keyArgs(k *graph.Key) []any {
	return []any{k.Kind.String(), k.From, k.To, k.Product, k.Dataset, k.Source, k.AssertedBy, string(k.Period), k.ValidFrom.String()}
}
