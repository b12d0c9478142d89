package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/explorer"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

const defaultAddr = "127.0.0.1:8080"

// serveFlags say where and how the API is served.
type serveFlags struct {
	config    httpapi.Config
	tokenFile string
	logFormat string
	maxUpload int64 // MiB
}

func serveCommand(p *program) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the web page and the API",
		Long: `Serves the explorer, a web page, at /, and the API: /docs describes it, /openapi.json too, for programs. It answers from the network in memory and
follows the store, so that an import by another process is seen within a second. It listens on this machine only,
unless --addr says otherwise; beyond it clients must send a token (Authorization: Bearer ...).
Ctrl-C stops it after the requests under way.`,
		Example: `  tributary serve
  tributary serve --addr 127.0.0.1:9000 --store big.db
  TRIBUTARY_TOKEN=$(openssl rand -hex 32) tributary serve --addr 0.0.0.0:8080`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context(), &f) },
	}
	inGroup(cmd, groupWork, func(fs *pflag.FlagSet) {
		c := &f.config
		fs.StringVar(&c.Addr, "addr", defaultAddr, "`HOST:PORT` to listen on; port 0 takes a free one")
		fs.StringVar(&c.Token, "token", "", "`TOKEN` that clients must send; better in TRIBUTARY_TOKEN or a file; required beyond this machine")
		fs.StringVar(&f.tokenFile, "token-file", "", "`FILE` that holds the token and nothing else")
		fs.StringSliceVar(&c.Hosts, "host", nil, "further `NAMES` under which clients may call the server")
		fs.DurationVar(&c.QueryTimeout, "query-timeout", 0, "longest `TIME` for one answer (0: 10s)")
		fs.IntVar(&c.MaxWorking, "max-working", 0, "questions answered at once, `N` (0: four a core)")
		fs.IntVar(&c.MaxImports, "max-imports", 0, "imports at once, `N` (0: 2)")
		fs.Int64Var(&f.maxUpload, "max-upload", 0, "largest import in `MIB` (0: 16384)")
		fs.Var(newChoice(&f.logFormat, "text", "text", "json"), "log", "form of the log on stderr")
	})
	p.quietFlag(cmd)
	p.stores(cmd)
	return cmd
}

func (p *program) serve(ctx context.Context, f *serveFlags) error {
	if f.tokenFile != "" {
		text, err := os.ReadFile(f.tokenFile)
		if err != nil {
			return hint(fmt.Errorf("--token-file: %w", err), "the file holds the token and nothing else")
		}
		f.config.Token = strings.TrimSpace(string(text))
	}
	f.config.MaxUpload = f.maxUpload << 20
	f.config.Log = p.logger(f.logFormat)
	if _, _, err := net.SplitHostPort(f.config.Addr); err != nil {
		return usagef("--addr %q: want HOST:PORT, such as %s", f.config.Addr, defaultAddr)
	}
	return p.withStore(ctx, toWrite, func(store graph.Store) error {
		listener, err := listen(ctx, f.config.Addr)
		if err != nil {
			return err
		}
		return p.serveOn(ctx, listener, store, f.config)
	})
}

func (p *program) logger(format string) *slog.Logger {
	o := &slog.HandlerOptions{}
	if p.output.quiet {
		o.Level = slog.LevelWarn
	}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(p.err, o))
	}
	return slog.New(slog.NewTextHandler(p.err, o))
}

// listen opens the address and says what to do where it cannot.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, hint(fmt.Errorf("%s is taken by another program", addr), "choose another port: --addr 127.0.0.1:0 takes a free one")
	case errors.Is(err, syscall.EACCES):
		return nil, hint(fmt.Errorf("%s may not be listened on: ports below 1024 are for the administrator", addr), "choose another port: --addr %s", defaultAddr)
	case err != nil:
		return nil, hint(fmt.Errorf("--addr %s: %w", addr, err), "want HOST:PORT of this machine, such as %s", defaultAddr)
	}
	return listener, nil
}

// listenNear is listen on the address, or on the next free port.
func listenNear(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := listen(ctx, addr)
	host, port, split := net.SplitHostPort(addr)
	number, numeric := strconv.Atoi(port)
	if err == nil || split != nil || numeric != nil || number == 0 {
		return listener, err
	}
	for next := number + 1; next <= min(number+20, 65535); next++ {
		if l, again := listen(ctx, net.JoinHostPort(host, strconv.Itoa(next))); again == nil {
			return l, nil
		}
	}
	return nil, err
}

// serveOn serves until the context ends. The network is loaded meanwhile: until then the server says so.
func (p *program) serveOn(ctx context.Context, listener net.Listener, store graph.Store, config httpapi.Config) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	config.Addr = listener.Addr().String()
	config.Build = readBuildInfo().Version
	config.Store = store
	views := &lateViews{}
	config.Views = views
	page, err := explorer.New()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	config.Page = page
	server, err := httpapi.New(config)
	if err != nil {
		if config.Token == "" && errors.Is(err, graph.ErrInvalid) {
			err = hint(err, "--addr 127.0.0.1:PORT; or the token in TRIBUTARY_TOKEN or --token-file")
		}
		return errors.Join(err, listener.Close())
	}
	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		if err := p.follow(ctx, store, views, config.Log); err != nil {
			cancel(err) // a server without a network has nothing to say
		}
	}()
	config.Log.Info("listening", "address", "http://"+config.Addr, "docs", "http://"+config.Addr+"/docs", "store", p.store.target)
	err = server.Serve(ctx, listener)
	cancel(nil)
	<-loaded
	if f := views.follower.Load(); f != nil {
		f.Close()
	} else if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(err, cause)
	}
	return err
}

// follow loads the network and lets views follow the store.
func (p *program) follow(ctx context.Context, store graph.Store, views *lateViews, log *slog.Logger) error {
	spareMemory()
	m := p.newMeter()
	defer m.end()
	follower, err := graph.Follow(ctx, &countedStore{Store: store, meter: m})
	if err != nil {
		return err
	}
	views.follower.Store(follower)
	v := follower.View()
	log.Info("ready", "companies", v.NodeCount(graph.KindCompany), "relations", v.RelationCount(), "revision", uint64(v.Head().Revision), "after", m.elapsed())
	return nil
}

// lateViews are the views of a follower that comes later.
type lateViews struct {
	follower atomic.Pointer[graph.Follower]
}

var errLoading = fmt.Errorf("%w: the network is being loaded", graph.ErrUnavailable)

// View is part of [httpapi.Views].
func (l *lateViews) View() *graph.View {
	if f := l.follower.Load(); f != nil {
		return f.View()
	}
	return nil
}

// Health is part of [httpapi.Views].
func (l *lateViews) Health() graph.Health {
	if f := l.follower.Load(); f != nil {
		return f.Health()
	}
	return graph.Health{Err: errLoading}
}

// CatchUp is part of [httpapi.Views].
func (l *lateViews) CatchUp(ctx context.Context) error {
	if f := l.follower.Load(); f != nil {
		return f.CatchUp(ctx)
	}
	return errLoading
}
