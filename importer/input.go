package importer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// Input is one thing to import: a file, a folder or a reader.
type Input struct {
	// Path names a file, or a folder of which every file with a known extension is read, in the order of
	// their names. Ignored when Reader is set.
	Path string
	// Reader is read to its end, once.
	Reader io.Reader
	// ReaderAt is read like a file, as often as needed; Size is how many bytes it has. Ignored when Reader is set.
	ReaderAt io.ReaderAt
	Size     int64
	// Name stands for a Reader or ReaderAt in messages, and its base name gives the dataset; "stdin" when empty.
	Name string
}

// Files makes inputs of paths.
func Files(paths ...string) []Input {
	inputs := make([]Input, len(paths))
	for i, path := range paths {
		inputs[i] = Input{Path: path}
	}
	return inputs
}

// FilesOf makes inputs of the files of a file system that a pattern of [path.Match] fits, such as embedded ones.
func FilesOf(fsys fs.FS, pattern string) ([]Input, error) {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil, err
	}
	inputs := make([]Input, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		inputs[i] = Input{Name: name, ReaderAt: bytes.NewReader(text), Size: int64(len(text))}
	}
	return inputs, nil
}

// extensions are the endings that make a file of a folder recognised; each may be followed by one of
// compressions.
var (
	extensions   = []string{".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".xlsx", ".parquet"}
	compressions = []string{".gz", ".zst", ".zstd", ".zip"}
)

// stem is the base name of a path without the extensions that say how it is written.
func stem(path string) string {
	name := filepath.Base(path)
	for _, endings := range [][]string{compressions, append(extensions, ".xlsm", ".txt")} {
		for _, ending := range endings {
			if cut, found := strings.CutSuffix(strings.ToLower(name), ending); found && cut != "" {
				name = name[:len(cut)]
				break
			}
		}
	}
	return name
}

// recognised reports whether a file of a folder is to be read.
func recognised(name string) bool {
	name = strings.ToLower(name)
	for _, ending := range compressions {
		name = strings.TrimSuffix(name, ending)
	}
	return slices.ContainsFunc(extensions, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

// file is one file or reader of an import.
type file struct {
	name   string    // in messages and the report
	path   string    // empty for a reader
	reader io.Reader // nil for a path
	at     io.ReaderAt
	// encoding is what somebody says that its text is in; empty leaves it to the content.
	encoding string
	size     int64 // bytes as stored; 0 when not known
}

// expand lists the files behind the inputs, with the files of folders that were not recognised.
func expand(inputs []Input) (files []file, skipped []string, err error) {
	for _, input := range inputs {
		if input.Reader != nil {
			files = append(files, file{name: orStdin(input.Name), reader: input.Reader})
			continue
		}
		if input.ReaderAt != nil {
			files = append(files, file{name: orStdin(input.Name), at: input.ReaderAt, size: input.Size})
			continue
		}
		found, left, err := expandPath(input.Path)
		if err != nil {
			return nil, nil, err
		}
		files, skipped = append(files, found...), append(skipped, left...)
	}
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("%w: nothing to import: name a file, a folder or a reader", graph.ErrInvalid)
	}
	return files, skipped, nil
}

// oneFile is the file behind an input that may not be a folder of several.
func oneFile(in Input) (file, error) {
	files, _, err := expand([]Input{in})
	switch {
	case err != nil:
		return file{}, err
	case len(files) != 1:
		return file{}, fmt.Errorf("%w: %s: is a folder of %d files; name one", graph.ErrInvalid, in.Path, len(files))
	}
	return files[0], nil
}

func orStdin(name string) string {
	if name == "" {
		return "stdin"
	}
	return name
}

func expandPath(path string) (files []file, skipped []string, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("%w: %s: no such file or folder%s", graph.ErrNotFound, path, nearestFile(path))
	case err != nil:
		return nil, nil, err
	case !info.IsDir():
		return []file{{name: filepath.Base(path), path: path, size: info.Size()}}, nil, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		switch info, err := os.Stat(filepath.Join(path, name)); {
		case err != nil || info.IsDir() || strings.HasPrefix(name, "."):
		case !recognised(name):
			skipped = append(skipped, name)
		default:
			files = append(files, file{name: name, path: filepath.Join(path, name), size: info.Size()})
		}
	}
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("%w: folder %s holds no file that ends in %s (or one of these and %s)", graph.ErrInvalid,
			path, strings.Join(extensions, ", "), strings.Join(compressions, ", "))
	}
	return files, skipped, nil
}

// nearestFile suggests a file of the same folder whose name is nearly the one that does not exist.
func nearestFile(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if near := records.Nearest(filepath.Base(path), names); near != "" {
		return fmt.Sprintf("; did you mean %s?", filepath.Join(filepath.Dir(path), near))
	}
	return ""
}

// datasetOf is the default dataset of an import of one input: its base name.
func datasetOf(input Input) string {
	if input.Reader != nil || input.ReaderAt != nil {
		return graph.Clean(stem(orStdin(input.Name)))
	}
	path := input.Path
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute // so that "." has a name
	}
	return graph.Clean(stem(path))
}

// blockSize is how much is read at a time.
const blockSize = 256 << 10

// block is a piece of an input, decompressed.
type block struct {
	data []byte
	err  error // io.EOF at the end; data may be there too
}

// content is an input being read: decompressed and hashed by a goroutine of its own, a few blocks ahead.
type content struct {
	name   string
	blocks chan block
	free   chan []byte
	hash   hash.Hash    // of the decompressed bytes; complete once io.EOF was delivered
	length int64        // decompressed bytes; likewise
	stored atomic.Int64 // bytes as stored, read so far
	// encoding is what the text was in, empty for UTF-8; known once next delivered something.
	encoding string

	cancel context.CancelFunc
	file   *os.File // nil for a reader
}

// openContent starts the reading of f. Copies of the bytes as stored go to tee when it is not nil.
// More than limit decompressed bytes are an error, when limit is not 0.
func openContent(ctx context.Context, f file, tee io.Writer, limit int64) (*content, error) {
	c := &content{name: f.name, blocks: make(chan block, 2), free: make(chan []byte, 4), hash: sha256.New()}
	raw := f.reader
	if f.at != nil && raw == nil {
		raw = io.NewSectionReader(f.at, 0, f.size)
	}
	if raw == nil {
		opened, err := os.Open(f.path)
		if err != nil {
			return nil, err
		}
		raw, c.file = opened, opened
	}
	if tee != nil {
		raw = io.TeeReader(raw, tee)
	}
	ctx, c.cancel = context.WithCancel(ctx)
	go c.readAhead(ctx, &countingReader{r: raw, n: &c.stored}, f.encoding, limit)
	return c, nil
}

// Close stops the reading. A reader that blocks (a terminal, a network) is left behind: nothing can wake it.
func (c *content) Close() error {
	c.cancel()
	if c.file != nil {
		for range c.blocks { // the goroutine reads the file until it ends
		}
		return c.file.Close()
	}
	return nil
}

// readAhead delivers raw, decompressed and as UTF-8, block by block.
func (c *content) readAhead(ctx context.Context, raw io.Reader, encoding string, limit int64) {
	defer close(c.blocks)
	r, err := decompress(c.name, raw)
	if err == nil {
		r, c.encoding, err = decode(c.name, encoding, r)
	}
	if err != nil {
		c.deliver(ctx, block{err: err})
		return
	}
	for {
		var buffer []byte
		select {
		case buffer = <-c.free:
		default:
			buffer = make([]byte, blockSize)
		}
		n, err := fill(r, buffer)
		c.hash.Write(buffer[:n])
		c.length += int64(n)
		switch {
		case limit > 0 && c.length > limit:
			err = fmt.Errorf("%w: %s: has more than the %d bytes that are allowed", graph.ErrInvalid, c.name, limit)
		case err != nil && err != io.EOF:
			err = fmt.Errorf("%w: %s: cannot be read beyond byte %d: %v", graph.ErrInvalid, c.name, c.length, err)
		}
		if !c.deliver(ctx, block{data: buffer[:n], err: err}) || err != nil {
			return
		}
	}
}

// deliver hands over a block; false when nobody wants it any more.
func (c *content) deliver(ctx context.Context, b block) bool {
	select {
	case c.blocks <- b:
		return true
	case <-ctx.Done():
		return false
	}
}

// fill is io.ReadFull, but hands on the reader's own error: a compressed stream that was cut short is not at
// its end.
func fill(r io.Reader, buffer []byte) (n int, err error) {
	for n < len(buffer) && err == nil {
		var m int
		m, err = r.Read(buffer[n:])
		n += m
	}
	return n, err
}

// next is the next block, valid until release.
func (c *content) next(ctx context.Context) (block, error) {
	select {
	case b := <-c.blocks:
		return b, nil
	case <-ctx.Done():
		return block{}, context.Cause(ctx)
	}
}

// release gives a block's memory back.
func (c *content) release(b block) {
	select {
	case c.free <- b.data[:cap(b.data)]:
	default:
	}
}

// digest is the SHA-256 of the decompressed bytes; known once next delivered io.EOF.
func (c *content) digest() [sha256.Size]byte { return [sha256.Size]byte(c.hash.Sum(nil)) }

// digestOf reads a file for its digest alone.
func digestOf(ctx context.Context, f file) (digest [sha256.Size]byte, length int64, err error) {
	c, err := openContent(ctx, f, nil, 0)
	if err != nil {
		return digest, 0, err
	}
	defer c.Close()
	for {
		b, err := c.next(ctx)
		switch {
		case err != nil:
			return digest, 0, err
		case b.err == io.EOF:
			return c.digest(), c.length, nil
		case b.err != nil:
			return digest, 0, b.err
		}
		c.release(b)
	}
}

type countingReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// maxWindow bounds the memory that a zstd file may ask for.
const maxWindow = 128 << 20

// decompress tells from the first bytes how r is compressed.
func decompress(name string, r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	head, err := buffered.Peek(4)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		plain, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: begins like gzip but is not: %v", graph.ErrInvalid, name, err)
		}
		return plain, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xB5, 0x2F, 0xFD}):
		plain, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fmt.Errorf("%w: %s: begins like zstd but is not: %v", graph.ErrInvalid, name, err)
		}
		return plain.IOReadCloser(), nil
	}
	return buffered, nil
}
