package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// served is the program serving, in this process.
type served struct {
	t    *testing.T
	base string
	stop context.CancelFunc
	code chan int
	log  *io.PipeReader
}

var listeningOn = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve starts the program and waits until it is ready to answer from the network.
func serve(t *testing.T, args ...string) *served {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	log, w := io.Pipe()
	s := &served{t: t, stop: stop, code: make(chan int, 1), log: log}
	go func() {
		s.code <- run(ctx, append([]string{"tributary", "serve", "--addr", "127.0.0.1:0"}, args...), strings.NewReader(""), io.Discard, w, nil)
		w.Close()
	}()
	lines := bufio.NewScanner(log)
	ready := false
	for lines.Scan() { // a small store may be loaded before the server says where it listens
		if at := listeningOn.FindString(lines.Text()); at != "" {
			s.base = at
		}
		ready = ready || strings.Contains(lines.Text(), "msg=ready")
		if ready && s.base != "" {
			go io.Copy(io.Discard, log)
			return s
		}
	}
	t.Fatalf("serve ended: exit code %d", <-s.code)
	return nil
}

func (s *served) get(path string, into any) {
	s.t.Helper()
	response, err := http.Get(s.base + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		s.t.Fatalf("GET %s: %s\n%s", path, response.Status, text)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		s.t.Fatal(err)
	}
}

// end stops the server as Ctrl-C does.
func (s *served) end() {
	s.t.Helper()
	s.stop()
	if code := <-s.code; code != exitOK {
		s.t.Errorf("exit code %d after Ctrl-C", code)
	}
}

// TestServeFollows imports into the store while the server runs: it sees it.
func TestServeFollows(t *testing.T) {
	store := networkStore(t)
	s := serve(t, "--store", store)
	defer s.end()
	file := filepath.Join(t.TempDir(), "vendors.csv")
	if err := os.WriteFile(file, []byte("supplier,buyer\nnvidia,Late Company\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := tributary(t, "import", file, "--store", store); r.code != exitOK {
		t.Fatal(r.err)
	}
	for {
		var found struct{ Items []struct{ ID string } }
		s.get("/v1/companies?q=late", &found)
		if len(found.Items) == 1 && found.Items[0].ID == "Late Company" {
			return
		}
		if t.Context().Err() != nil {
			t.Fatal("the server never saw it")
		}
	}
}

// TestJSONIsTheAPIsPagesJoined asks the program and the API the same.
func TestJSONIsTheAPIsPagesJoined(t *testing.T) {
	store := networkStore(t)
	s := serve(t, "--store", store)
	defer s.end()
	tests := []struct{ command, path string }{
		{"suppliers nvidia --depth 3 --as-of 2025-03-01", "/v1/companies/nvidia/suppliers?depth=3&as_of=2025-03-01"},
		{"customers asml --depth 4 --as-of any", "/v1/companies/asml/customers?depth=4&as_of=any"},
		{"find s", "/v1/companies?q=s"},
		{"loops --as-of 2025", "/v1/loops?as_of=2025"},
		{"flows --as-of 2025 --top 3", "/v1/flows?as_of=2025&top=3"},
		{"flows --as-of 2025 --top 1 --from * --to US", "/v1/flows/relations?as_of=2025&top=1&from=*&to=US"},
		{"stats --as-of 2025", "/v1/stats?as_of=2025"},
		{"show 台积电 --as-of 2025", "/v1/companies/" + url.PathEscape("tsmc") + "?as_of=2025"},
		{"claims supplies~samsung~nvidia~hbm3e --as-of 2025", "/v1/relations/supplies~samsung~nvidia~hbm3e?as_of=2025"},
		{"paths asml nvidia --as-of 2025 --evidence", "/v1/paths?from=asml&to=nvidia&as_of=2025&evidence=true"},
	}
	for _, test := range tests {
		t.Run(test.command, func(t *testing.T) {
			r := tributary(t, append(strings.Fields(test.command), "-o", "json", "--store", store)...)
			if r.code != exitOK {
				t.Fatal(r.err)
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(r.out), &want); err != nil {
				t.Fatal(err)
			}
			got := s.pages(test.path)
			if _, list := want["items"]; list {
				for _, ofPage := range []string{"complete", "stopped_because", "total", "coverage", "next_cursor"} {
					delete(want, ofPage)
					delete(got, ofPage)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the API says otherwise:\n%v\nthe command:\n%v", got, want)
			}
		})
	}
}

// pages reads an answer; of a list, two items at a time, joined.
func (s *served) pages(path string) map[string]any {
	s.t.Helper()
	var joined map[string]any
	s.get(path, &joined)
	if _, list := joined["items"]; !list {
		return joined
	}
	var items []any
	warnings := []any{}
	for cursor := ""; ; {
		var page map[string]any
		s.get(fmt.Sprintf("%s&limit=2&cursor=%s", path, cursor), &page)
		items = append(items, page["items"].([]any)...)
		warnings = append(warnings, page["warnings"].([]any)...)
		next, more := page["next_cursor"].(string)
		if !more {
			joined["items"], joined["warnings"] = items, warnings
			return joined
		}
		cursor = next
	}
}

// TestServeTakesAnotherPortForTheDemo: the demo moves on where its port is taken; serve does not.
func TestServeTakesAnotherPortForTheDemo(t *testing.T) {
	first, err := listenNear(t.Context(), "127.0.0.1:18080")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := listenNear(t.Context(), first.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if first.Addr().String() == second.Addr().String() {
		t.Errorf("both listen on %s", first.Addr())
	}
	if _, err := listen(t.Context(), first.Addr().String()); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("listening on a port that is taken: %v", err)
	}
}
