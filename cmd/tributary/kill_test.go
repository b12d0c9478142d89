package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
	"github.com/tributarygraph/tributary/importer/generate"
)

// An import is killed (SIGKILL) and done again; the store must then export the same bytes, and the import report
// the same counts, as if nothing had happened. scripts/kill-import.sh does it 50 times on each store.
var (
	kills    = flag.Int("kills", 3, "how often TestKill... kills an import")
	killSeed = flag.Uint64("kill-seed", 0, "seed of the moments at which TestKill... kills; 0: another one each time")
)

// runAsProgram in the environment makes the test binary the program.
const runAsProgram = "TRIBUTARY_TEST_RUN_AS_PROGRAM"

// killing is an import that is killed again and again.
type killing struct {
	t      *testing.T
	files  string
	batch  int
	store  string   // --store
	env    []string // how to get at it
	random *rand.Rand

	export []byte        // of an import that nobody disturbs
	report importCounts  // likewise
	took   time.Duration // likewise
}

// importCounts are what a report says of rows.
type importCounts struct {
	Rows, Created, Changed, Unchanged, Rejected int64
}

func newKilling(t *testing.T, relations, batch int) *killing {
	t.Helper()
	seed := *killSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-kill-seed %d repeats these moments", seed)
	k := &killing{t: t, files: t.TempDir(), batch: batch, random: rand.New(rand.NewPCG(seed, 0))}
	o := generate.Options{Seed: 7, Companies: relations / 10, Relations: relations}
	if err := generate.Folder(t.Context(), k.files, o); err != nil {
		t.Fatal(err)
	}
	return k
}

// command is the program as a process of its own.
func (k *killing) command(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	c := exec.Command(self, append(args, "--store", k.store)...)
	c.Env = append(append(os.Environ(), k.env...), runAsProgram+"=1")
	return c
}

func (k *killing) output(args ...string) []byte {
	k.t.Helper()
	c := k.command(args...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		k.t.Fatalf("%v: %v\n%s", args, err, errs.Bytes())
	}
	return out
}

func (k *killing) importArgs() []string {
	return []string{"import", k.files, "--batch-size", fmt.Sprint(k.batch), "--rejects", "", "-o", "json"}
}

// complete imports to the end and returns what the report says of the import as a whole.
func (k *killing) complete() importCounts {
	k.t.Helper()
	var report struct {
		importCounts
		AlreadyImported bool `json:"already_imported"`
		Original        *importCounts
	}
	if err := json.Unmarshal(k.output(k.importArgs()...), &report); err != nil {
		k.t.Fatal(err)
	}
	if report.AlreadyImported { // the kill came after the last commit
		return *report.Original
	}
	return report.importCounts
}

// undisturbed learns what an import gives that nobody disturbs.
func (k *killing) undisturbed() {
	began := time.Now()
	k.report = k.complete()
	k.took = time.Since(began)
	k.export = k.output("export", "-o", "ndjson")
	if k.report.Created != k.report.Rows || len(k.export) == 0 {
		k.t.Fatalf("the undisturbed import: %+v, %d bytes exported", k.report, len(k.export))
	}
}

// verify imports again and compares.
func (k *killing) verify(round int, how string) {
	k.t.Helper()
	var before importsAnswer
	if err := json.Unmarshal(k.output("imports", "-o", "json"), &before); err != nil {
		k.t.Fatal(err)
	}
	state := "before the first commit"
	if len(before.Items) > 0 {
		state = fmt.Sprintf("%s after %d batches", before.Items[0].Status, before.Items[0].Batches)
	}
	k.t.Logf("kill %d: %s; %s", round, how, state)
	if got := k.complete(); got != k.report {
		k.t.Errorf("kill %d (%s): imported again, the report is %+v; undisturbed %+v", round, how, got, k.report)
	}
	if export := k.output("export", "-o", "ndjson"); !bytes.Equal(export, k.export) {
		k.t.Errorf("kill %d (%s): imported again, the export has %d bytes; undisturbed other %d", round, how, len(export), len(k.export))
	}
}

// killAtRandom imports into a fresh store and kills that within the time that it takes. An import that was
// faster does not count: it is tried again, with the time learnt.
func (k *killing) killAtRandom(fresh func()) (how string) {
	k.t.Helper()
	for {
		fresh()
		after := time.Duration(k.random.Int64N(int64(k.took)))
		took, killed := k.killAfter(after)
		if killed {
			return fmt.Sprintf("killed after %v of %v", after.Round(time.Millisecond), k.took.Round(time.Millisecond))
		}
		k.took = min(k.took, took)
	}
}

func (k *killing) killAfter(after time.Duration) (took time.Duration, killed bool) {
	k.t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(k.t.Context(), after)
	defer cancel()
	killed = k.importUntil(ctx.Done())
	return time.Since(began), killed
}

// importUntil runs the import, and kills it when the channel is closed before it ends.
func (k *killing) importUntil(stop <-chan struct{}) (killed bool) {
	k.t.Helper()
	c := k.command(k.importArgs()...)
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-stop:
		if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			k.t.Fatal(err)
		}
		<-ended
		return true
	case <-ended:
		return false
	}
}

// TestKillImportEmbedded kills imports into the embedded store. Between a commit there and its acknowledgement
// lies nothing that could be lost: the file alone knows how far the import is.
func TestKillImportEmbedded(t *testing.T) {
	k := newKilling(t, 50_000, 1000)
	k.store = filepath.Join(t.TempDir(), "first.db")
	k.complete() // the first run of a program is slower than the others
	k.store = filepath.Join(t.TempDir(), "undisturbed.db")
	k.undisturbed()
	for round := range *kills {
		how := k.killAtRandom(func() { k.store = filepath.Join(t.TempDir(), "killed.db") })
		if _, err := os.Stat(k.store); err != nil { // killed before the store was made
			k.complete()
		}
		k.verify(round, how)
	}
}

// TestKillImportNeo4j kills imports into Neo4j: every second one at a random moment, the others between a commit
// and its acknowledgement.
func TestKillImportNeo4j(t *testing.T) {
	server := storetest.Neo4j(t)
	k := newKilling(t, 4000, 250)
	k.env = []string{"TRIBUTARY_NEO4J_USER=" + server.User, "TRIBUTARY_NEO4J_PASSWORD=" + server.Password}
	wipe := func() {
		if err := neo4jstore.Wipe(t.Context(), server.URI, neo4jstore.Options{User: server.User, Password: server.Password}); err != nil {
			t.Fatal(err)
		}
	}
	address, err := url.Parse(server.URI)
	if err != nil {
		t.Fatal(err)
	}
	between := newEavesdropper(t, address.Host)

	wipe()
	k.store = "bolt://" + between.address()
	k.complete() // a server that was just started is slow at first, and makes its constraints
	wipe()
	between.reset(0)
	k.undisturbed()
	commits := between.reset(0)
	t.Logf("an undisturbed import takes %v and %d commits", k.took.Round(time.Millisecond), commits)
	for round := range *kills {
		var how string
		if round%2 == 0 {
			k.store = server.URI
			how = k.killAtRandom(wipe)
		} else {
			k.store = "bolt://" + between.address()
			for how == "" {
				wipe()
				n := 1 + k.random.IntN(commits)
				if how = k.killUnacknowledged(between, n); how == "" {
					commits = n - 1 // it has fewer than thought: the first import also made constraints
				}
			}
		}
		k.store = server.URI
		k.verify(round, how)
	}
	wipe()
}

// killUnacknowledged kills the import when the server has answered its n-th commit, and the answer was lost. It
// returns nothing where the import has fewer commits.
func (k *killing) killUnacknowledged(between *eavesdropper, n int) (how string) {
	k.t.Helper()
	between.reset(n)
	defer between.reset(0)
	if k.importUntil(between.lost()) {
		return fmt.Sprintf("killed between commit %d and its acknowledgement", n)
	}
	return ""
}

// eavesdropper stands between a client and a Neo4j server. It counts the commits that pass, and loses the answer
// to one of them, and all that follows.
type eavesdropper struct {
	t        *testing.T
	listener net.Listener
	server   string

	mu      sync.Mutex
	commits int
	loseAt  int           // the commit whose answer is lost; 0: none is
	answer  chan struct{} // closed when an answer was lost
	once    *sync.Once
}

// boltCommit is the message COMMIT of the Bolt protocol as one chunk.
var boltCommit = []byte{0x00, 0x02, 0xB0, 0x12, 0x00, 0x00}

func newEavesdropper(t *testing.T, server string) *eavesdropper {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &eavesdropper{t: t, listener: listener, server: server}
	e.reset(0)
	t.Cleanup(func() { listener.Close() })
	go e.accept()
	return e
}

func (e *eavesdropper) address() string { return e.listener.Addr().String() }

// reset begins to count anew, and returns how many commits have passed.
func (e *eavesdropper) reset(loseAt int) (commits int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	commits, e.commits, e.loseAt = e.commits, 0, loseAt
	e.answer, e.once = make(chan struct{}), new(sync.Once)
	return commits
}

// lost is closed when an answer was lost.
func (e *eavesdropper) lost() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.answer
}

func (e *eavesdropper) accept() {
	for {
		client, err := e.listener.Accept()
		if err != nil {
			return // the test is over
		}
		server, err := net.Dial("tcp", e.server)
		if err != nil {
			client.Close()
			continue
		}
		go func() {
			e.up(client, server)
			server.Close()
		}()
		go func() {
			e.down(server, client)
			client.Close()
		}()
	}
}

// up passes on what the client says and counts its commits.
func (e *eavesdropper) up(client io.Reader, server io.Writer) {
	var tail []byte // a message may come in pieces
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		seen := append(tail, buffer[:n]...)
		e.mu.Lock()
		e.commits += bytes.Count(seen, boltCommit)
		e.mu.Unlock()
		tail = bytes.Clone(seen[max(0, len(seen)-len(boltCommit)+1):])
		if _, bad := server.Write(buffer[:n]); bad != nil || err != nil {
			return
		}
	}
}

// down passes on what the server says, until an answer is to be lost.
func (e *eavesdropper) down(server io.Reader, client io.Writer) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if n > 0 && e.loses() {
			return // the connection stays open on the server's side until the client is gone
		}
		if _, bad := client.Write(buffer[:n]); bad != nil || err != nil {
			return
		}
	}
}

func (e *eavesdropper) loses() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.loseAt == 0 || e.commits < e.loseAt {
		return false
	}
	e.once.Do(func() { close(e.answer) })
	return true
}
