package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// A position tells where a record stood: the number of its file and of its row.
const positionRowBits = 40

func position(file int, row int64) uint64 { return uint64(file)<<positionRowBits | uint64(row) }

func positionOf(p uint64) (file int, row int64) {
	return int(p >> positionRowBits), int64(p & (1<<positionRowBits - 1))
}

// reading is the first half of an import: every row read, checked, and put into the sorter.
type reading struct {
	opts         *Options
	files        []file
	report       *Report
	warnings     *warnings
	parser       *rowParser
	progress     *progress
	storedBefore int64      // bytes of the files read before the present one
	rejects      []*rejects // by file
	copies       []*Spool   // what readers delivered, by file; kept where rejected duplicates are to be written

	records  *sorter // the statements
	shares   *sorter // stated shares of input, by buyer and product
	shareKey []byte  // scratch
	merges   []decision
	answers  answers // of questionnaires
	late     []lateReject
	preview  preview
	digest   [sha256.Size]byte // of all files, in their order
}

// decision is a row about sameness.
type decision struct {
	graph.Sameness
	position uint64
}

func (rd *reading) readAll(ctx context.Context) error {
	all := sha256.New()
	for i := range rd.files {
		digest, err := rd.readFile(ctx, i)
		if err != nil {
			return err
		}
		all.Write(digest[:])
	}
	all.Sum(rd.digest[:0])
	return rd.flushAnswers()
}

// flushAnswers makes claims of the answers of questionnaires.
func (rd *reading) flushAnswers() error {
	if rd.answers.counts == (Answers{}) {
		return nil
	}
	if err := rd.answers.flush(rd.parser, rd.records); err != nil {
		return err
	}
	counts := rd.answers.counts
	rd.report.Answers = &counts
	if counts.Answered == 0 && counts.Unanswered == rd.report.Rows {
		return fmt.Errorf("%w: %s: no question in it is answered; nothing to import", graph.ErrInvalid, rd.files[0].name)
	}
	return nil
}

// readFile reads one file and returns the SHA-256 of its content.
func (rd *reading) readFile(ctx context.Context, number int) (digest [sha256.Size]byte, err error) {
	f := rd.files[number]
	var tee io.Writer
	if f.reader != nil && rd.opts.Rejects != nil {
		if rd.copies[number], err = NewSpool(rd.opts.TempDir, "tributary-import-*.input"); err != nil {
			return digest, err
		}
		tee = rd.copies[number]
	}
	c, err := openContent(ctx, f, tee, rd.opts.MaxBytes)
	if err != nil {
		return digest, err
	}
	defer c.Close()
	rd.warnings.file, rd.warnings.row = f.name, 0
	fr := &rd.report.Files[number]
	rows, err := openRows(ctx, c, rd.opts, func(s *shape) {
		rd.report.noteColumns(f.name, s, rd.warnings)
		fr.Records = holdings(fr.Records, s)
	})
	if err != nil {
		return digest, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	fr.Encoding = c.encoding
	rd.rejects[number] = rd.rejectsOf(number, rows)
	if rows.converter != nil {
		err = rd.convert(number, rows, c)
	} else {
		err = rd.readRows(number, rows, c)
	}
	if err != nil {
		return digest, err
	}
	rd.storedBefore += c.stored.Load()
	digest = c.digest()
	fr.Bytes, fr.SHA256 = c.length, hex.EncodeToString(digest[:])
	if fr.Rows == 0 && rd.warnings.wants(warnHeaderOnly) {
		rd.warnings.example("%s", f.name)
	}
	return digest, nil
}

// holdings names what the rows of a file are, given what the earlier ones were.
func holdings(before string, s *shape) string {
	name := sameness
	switch {
	case s.recordsAt >= 0:
		name = "mixed"
	case s.merge != nil:
	case s.questions != nil:
		name = "questions"
	case s.only == graph.KindSource:
		name = "sources"
	case s.only == graph.KindProduct:
		name = "products"
	case s.only == graph.KindCompany:
		name = "companies"
	default:
		name = "relations"
	}
	if before != "" && before != name {
		return "mixed"
	}
	return name
}

func (rd *reading) rejectsOf(number int, rows *rowSource) *rejects {
	name, ending := stem(rd.files[number].name), ".rejected.csv"
	if rows.asJSON {
		ending = ".rejected.jsonl"
	}
	for _, earlier := range rd.rejects[:number] {
		if earlier.name == name+ending {
			name = fmt.Sprintf("%s-%d", name, number+1)
		}
	}
	return &rejects{open: rd.opts.Rejects, name: name + ending, asJSON: rows.asJSON, comma: rows.comma, header: rows.raw}
}

func (rd *reading) readRows(number int, rows *rowSource, c *content) error {
	for {
		x, s, err := rows.nextRow()
		if err == io.EOF {
			return nil
		}
		bad := (*rowError)(nil)
		if err != nil && !errors.As(err, &bad) {
			return err
		}
		rd.count(number, x.number, c)
		if err := rd.readRow(number, &x, s, bad); err != nil {
			return err
		}
	}
}

// count counts a row, or a record that is to be converted.
func (rd *reading) count(number int, row int64, c *content) {
	rd.report.Files[number].Rows++
	rd.report.Rows++
	if rd.report.Rows&0x3FFF == 0 {
		rd.progress.reading(rd.report.Rows, rd.storedBefore+c.stored.Load())
	}
	rd.warnings.row = row
}

// readRow puts one row where it belongs: to the records, the decisions, or the rejects.
func (rd *reading) readRow(number int, x *row, s *shape, bad *rowError) error {
	if rejected, err := rd.rejectUnreadable(number, x, bad); rejected || err != nil {
		return err
	}
	if s.questions != nil {
		return rd.readAnswer(number, x, s)
	}
	if err := rd.parser.parse(s, x); err != nil {
		cell := (*cellError)(nil)
		if !errors.As(err, &cell) {
			return err
		}
		return rd.rejectRow(number, x, cell, nil)
	}
	at := position(number, x.number)
	if rd.preview.wants() {
		kind := sameness
		if rd.parser.decided == nil {
			kind = rd.parser.statement.Kind.String()
		}
		rd.preview.add(previewRow(kind, s, x))
		rd.preview.close(rd.files[number].name, x.number, "", "")
	}
	if rd.parser.decided != nil {
		rd.merges = append(rd.merges, decision{Sameness: *rd.parser.decided, position: at})
		return nil
	}
	if rd.parser.share >= 0 {
		if err := rd.noteShare(&rd.parser.statement, rd.parser.share, at); err != nil {
			return err
		}
	}
	return rd.records.add(rd.parser.key, rd.parser.value, at)
}

// rejectUnreadable rejects a row that is no text or that could not be cut into cells.
func (rd *reading) rejectUnreadable(number int, x *row, bad *rowError) (rejected bool, err error) {
	if err := cmp.Or(checkRecordText(x), checkDecoded(x, rd.report.Files[number].Encoding)); err != nil {
		var rest func(io.Writer) error
		if bad != nil {
			rest = bad.rest
		}
		return true, rd.rejectRow(number, x, err, rest)
	}
	if bad != nil {
		return true, rd.rejectRow(number, x, &cellError{found: bad.found, why: bad.why}, bad.rest)
	}
	return false, nil
}

// readAnswer takes a row of a questionnaire.
func (rd *reading) readAnswer(number int, x *row, s *shape) error {
	err := checkWidth(s, x)
	if err == nil {
		err = rd.answers.readAnswer(s.questions, rd.parser.dataset, x, position(number, x.number))
	}
	if cell := (*cellError)(nil); errors.As(err, &cell) {
		return rd.rejectRow(number, x, cell, nil)
	}
	if err == nil && rd.preview.wants() {
		rd.preview.add(previewRow("question", s, x))
		rd.preview.close(rd.files[number].name, x.number, "", "")
	}
	return err
}

func (rd *reading) rejectRow(number int, x *row, bad *cellError, rest func(io.Writer) error) error {
	rd.report.Files[number].Rejected++
	if rd.preview.wants() {
		rd.preview.close(rd.files[number].name, x.number, "", (&records.Bad{Field: bad.column, Found: bad.found, Why: bad.why}).Error())
	}
	rd.report.reject(Rejection{File: rd.files[number].name, Row: x.number, Line: x.line, Column: bad.column, Found: bad.found, Reason: bad.why})
	return rd.rejects[number].write(x, bad, rest)
}

// noteShare files a share of input under buyer, product and who says so, then supplier.
func (rd *reading) noteShare(k *graph.Key, stated float64, at uint64) error {
	key := rd.shareKey[:0]
	for _, text := range [shareGroupTexts]string{k.To, k.Product, k.Dataset, k.Source, k.AssertedBy, string(k.Period)} {
		key = append(append(key, text...), 0)
	}
	rd.shareKey = append(key, k.From...)
	var share [8]byte
	binary.LittleEndian.PutUint64(share[:], math.Float64bits(stated))
	return rd.shares.add(rd.shareKey, share[:], at)
}

// shareGroupTexts is how many texts make the group in which shares are summed; each ends with a zero byte.
const shareGroupTexts = 6

// checkShares warns where the shares that one source states for one buyer and product sum to more than 1.
func (rd *reading) checkShares(ctx context.Context) error {
	const tolerance = 1e-9 // of adding up decimal fractions
	sum, most := 0.0, 0.0
	var group, supplier string
	var at uint64
	closeGroup := func() {
		if sum+most > 1+tolerance && rd.warnings.wants(warnShareSum) {
			number, line := positionOf(at)
			rd.warnings.file, rd.warnings.row = rd.files[number].name, line
			parts := strings.Split(group, "\x00")
			rd.warnings.example("shares of %s bought by %s sum to %.4g", orUnspecified(parts[1]), parts[0], sum+most)
		}
		sum, most = 0, 0
	}
	err := rd.shares.sorted(ctx, func(x *record) error {
		length := groupLength(x.key)
		if string(x.key[:length]) != group {
			closeGroup()
			group, supplier, at = string(x.key[:length]), "", x.position
		}
		if from := x.key[length:]; string(from) != supplier {
			sum, most, supplier = sum+most, 0, string(from)
		}
		most = max(most, math.Float64frombits(binary.LittleEndian.Uint64(x.value)))
		return nil
	})
	closeGroup()
	return err
}

// groupLength finds the end of the group at the begin of a key of shares.
func groupLength(key []byte) int {
	zeros := 0
	for i, c := range key {
		if c == 0 {
			if zeros++; zeros == shareGroupTexts {
				return i + 1
			}
		}
	}
	return len(key)
}

func orUnspecified(product string) string {
	if product == "" {
		return "an unspecified product"
	}
	return product
}

// rejectDuplicates writes rejected duplicates to the files of rejects: the rows themselves are read again.
func (rd *reading) rejectDuplicates(ctx context.Context, duplicates *sorter) error {
	if duplicates.records == 0 || rd.opts.Rejects == nil {
		return nil
	}
	var again *rereader
	defer func() { again.Close() }()
	err := duplicates.sorted(ctx, func(x *record) error {
		number, line := positionOf(x.position)
		if again == nil || again.number != number {
			if err := again.Close(); err != nil {
				return err
			}
			var err error
			if again, err = rd.reread(ctx, number); err != nil {
				return err
			}
		}
		found, err := again.find(line)
		if err != nil {
			return err
		}
		return again.rejects.write(&found, &cellError{why: string(x.value)}, nil)
	})
	return errors.Join(err, again.Close())
}

// rereader reads a file a second time.
type rereader struct {
	number  int
	content *content
	rows    *rowSource
	rejects *rejects
}

func (rd *reading) reread(ctx context.Context, number int) (*rereader, error) {
	f := rd.files[number]
	if stored := rd.copies[number]; stored != nil {
		f.reader = io.NewSectionReader(stored, 0, math.MaxInt64)
	}
	c, err := openContent(ctx, f, nil, 0)
	if err != nil {
		return nil, err
	}
	rows, err := openRows(ctx, c, rd.opts, func(*shape) {})
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &rereader{number: number, content: c, rows: rows, rejects: rd.rejects[number]}, nil
}

func (r *rereader) find(number int64) (row, error) {
	for {
		x, err := r.rows.next()
		if bad := (*rowError)(nil); err != nil && !errors.As(err, &bad) {
			return x, fmt.Errorf("%s changed while it was imported: row %d is gone", r.content.name, number)
		}
		if x.number == number {
			return x, nil
		}
	}
}

// Close is fine on nil.
func (r *rereader) Close() error {
	if r == nil || r.content == nil {
		return nil
	}
	err := errors.Join(r.rows.Close(), r.content.Close())
	r.content = nil
	return err
}

// Close removes what the reading left on disk.
func (rd *reading) Close() error {
	errs := []error{rd.records.Close(), rd.shares.Close()}
	for _, r := range rd.rejects {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	for _, c := range rd.copies {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}
