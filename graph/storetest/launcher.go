package storetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"
)

// Environment variables that steer the launcher.
const (
	envURI      = "TRIBUTARY_TEST_NEO4J_URI"      // a server that is there; its data is deleted
	envUser     = "TRIBUTARY_TEST_NEO4J_USER"     // neo4j when not set
	envPassword = "TRIBUTARY_TEST_NEO4J_PASSWORD" // of that user
	envRequire  = "TRIBUTARY_REQUIRE_NEO4J"       // 1: a test that finds no Neo4j fails instead of being skipped
)

// The versions that are started, by the oldest Java that runs them. The first that fits is taken.
var neo4jReleases = []neo4jRelease{
	{version: "2026.09.0", java: 21, mainClass: "org.neo4j.server.Neo4jCommunity"},
	{version: "5.26.22", java: 17, mainClass: "org.neo4j.server.CommunityEntryPoint"},
}

type neo4jRelease struct {
	version   string
	java      int // oldest major version of Java
	mainClass string
}

const (
	neo4jUser    = "neo4j"
	startTimeout = 3 * time.Minute // of a server on a busy machine; it takes about 12 s on an idle one
	stopTimeout  = time.Minute
)

// Neo4jServer is a running Neo4j and how to connect to it.
type Neo4jServer struct {
	URI, User, Password string
	Origin              string // how it came to be there, for messages: "Java, neo4j 5.26.22"
}

// shared is the server of this test process: started when the first test asks, ended with the process.
var shared struct {
	once   sync.Once
	server Neo4jServer
	err    error
	lock   io.Closer // held until the process ends
}

// Neo4j is a Neo4j server for tests, one for all tests of the process. It is the server that
// TRIBUTARY_TEST_NEO4J_URI names (with _USER and _PASSWORD); else one started in Docker, where an engine runs;
// else one started with Java, its jars fetched by Maven once and kept in the user's cache folder. It ends with
// the process, also when the process is killed. With none of them the test is skipped, or fails where
// TRIBUTARY_REQUIRE_NEO4J is 1.
//
// Tests get an empty database by deleting everything in it (neo4jstore.Wipe), so they must not run in
// parallel with each other. Processes that are given the same server by the environment take turns.
func Neo4j(tb testing.TB) Neo4jServer {
	tb.Helper()
	shared.once.Do(func() { shared.server, shared.err = startShared() })
	if shared.err == nil {
		return shared.server
	}
	if os.Getenv(envRequire) == "1" {
		tb.Fatalf("no Neo4j, and %s=1 requires one: %v", envRequire, shared.err)
	}
	tb.Skipf("SKIPPED, no Neo4j: %v", shared.err)
	return Neo4jServer{}
}

func startShared() (Neo4jServer, error) {
	if uri := os.Getenv(envURI); uri != "" {
		hash := fnv.New64a()
		hash.Write([]byte(uri))
		lock, err := lockFile(filepath.Join(os.TempDir(), fmt.Sprintf("tributary-neo4j-%x.lock", hash.Sum64())))
		if err != nil {
			return Neo4jServer{}, err
		}
		shared.lock = lock
		user := cmp.Or(os.Getenv(envUser), neo4jUser)
		return Neo4jServer{URI: uri, User: user, Password: os.Getenv(envPassword), Origin: envURI}, nil
	}
	dir, err := os.MkdirTemp("", "tributary-neo4j-")
	if err != nil {
		return Neo4jServer{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	server, _, err := start(ctx, context.Background(), dir, true)
	if err != nil {
		os.RemoveAll(dir)
	}
	return server, err
}

// StartNeo4j starts a Neo4j server of its own, in Docker or with Java, whose data and port stay in dir: stopping
// it and starting it again with the same dir gives the same database at the same address. It returns when the
// server answers. stop ends it in order and waits for that. The server is killed when ctx ends, and when this
// process does. The error says what is missing on this machine.
func StartNeo4j(ctx context.Context, dir string) (server Neo4jServer, stop func() error, err error) {
	return start(ctx, ctx, dir, false)
}

// portTries is on how many ports a new server is started, when other programs take the first ones before it does.
const portTries = 5

// errPortTaken says that another program took the port between its choice and the start of the server.
var errPortTaken = errors.New("another program took its port")

// start starts a server in dir. starting limits the wait for it, living its life. With remove, dir is removed
// when the server has ended.
func start(starting, living context.Context, dir string, remove bool) (Neo4jServer, func() error, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Neo4jServer{}, nil, err
	}
	if _, err := exec.LookPath("sh"); err != nil {
		return Neo4jServer{}, nil, errors.New("starting one needs a Unix shell; name a running server in " + envURI)
	}
	for try := 1; ; try++ {
		server, stop, err := startIn(starting, living, dir, remove)
		if !errors.Is(err, errPortTaken) || try == portTries {
			return server, stop, err
		}
		if err := os.Remove(filepath.Join(dir, "port")); err != nil && !errors.Is(err, os.ErrNotExist) {
			return Neo4jServer{}, nil, err
		}
	}
}

func startIn(starting, living context.Context, dir string, remove bool) (Neo4jServer, func() error, error) {
	place, err := placeIn(dir)
	if err != nil {
		return Neo4jServer{}, nil, err
	}
	launch, dockerErr := dockerLaunch(starting, place)
	if dockerErr != nil {
		var javaErr error
		if launch, javaErr = javaLaunch(starting, place); javaErr != nil {
			return Neo4jServer{}, nil, fmt.Errorf("%s is not set; Docker: %w; Java: %w", envURI, dockerErr, javaErr)
		}
	}
	if remove {
		launch.removeDir = dir
	}
	running, err := launch.run(living, filepath.Join(dir, "server.log"))
	if err != nil {
		return Neo4jServer{}, nil, err
	}
	server := Neo4jServer{URI: "bolt://" + place.address(), User: neo4jUser, Password: place.password, Origin: launch.origin}
	if err := running.waitFor(starting, server); err != nil {
		running.kill()
		return Neo4jServer{}, nil, fmt.Errorf("%s: %w", launch.origin, err)
	}
	return server, running.stop, nil
}

// place is where a server lives. Its password is its own: whoever reaches another server at the port, which a
// program may have taken meanwhile, is told so instead of writing into that one's database.
type place struct {
	dir      string
	port     int
	password string
}

func (p *place) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// placeIn is the place of the server in dir: what is remembered there, else a free port and a new password.
func placeIn(dir string) (*place, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	port, err := remembered(filepath.Join(dir, "port"), freePort)
	if err != nil {
		return nil, err
	}
	p := &place{dir: dir}
	if p.port, err = strconv.Atoi(port); err != nil {
		return nil, err
	}
	p.password, err = remembered(filepath.Join(dir, "password"), func() (string, error) { return rand.Text(), nil })
	return p, err
}

// remembered is the text in the file, which draw gives when there is none yet.
func remembered(file string, draw func() (string, error)) (string, error) {
	text, err := os.ReadFile(file)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	drawn, err := draw()
	if err != nil {
		return "", err
	}
	return drawn, os.WriteFile(file, []byte(drawn), 0o600)
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}

// launch is a command that runs a server in the foreground.
type launch struct {
	origin    string
	command   []string
	kill      string // shell command that kills it at once; it finds the process in $server
	removeDir string // removed in the end
}

// dockerLaunch runs the official image.
func dockerLaunch(ctx context.Context, at *place) (*launch, error) {
	if _, err := exec.LookPath("docker"); err != nil {
		return nil, errors.New("not installed")
	}
	if _, err := output(exec.CommandContext(ctx, "docker", "info")); err != nil {
		return nil, errors.New("no engine runs")
	}
	release := neo4jReleases[len(neo4jReleases)-1]
	data := filepath.Join(at.dir, "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("tributary-neo4j-%d", at.port)
	return &launch{
		origin: "Docker, neo4j " + release.version,
		command: []string{"docker", "run", "--rm", "--name", name,
			"--user", fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()),
			"--publish", at.address() + ":7687",
			"--volume", data + ":/data",
			"--env", "NEO4J_AUTH=" + neo4jUser + "/" + at.password,
			"--env", "NEO4J_dbms_security_auth__max__failed__attempts=0",
			"--env", "NEO4J_server_memory_heap_max__size=1g",
			"--env", "NEO4J_server_memory_pagecache_size=256m",
			"--env", "NEO4J_dbms_usage__report_enabled=false",
			"neo4j:" + release.version},
		kill: "docker kill " + name,
	}, nil
}

// javaLaunch runs the server from its jars.
func javaLaunch(ctx context.Context, at *place) (*launch, error) {
	java, major, err := findJava(ctx)
	if err != nil {
		return nil, err
	}
	for _, release := range neo4jReleases {
		if major < release.java {
			continue
		}
		jars, err := fetchJars(ctx, release.version)
		if err != nil {
			return nil, err
		}
		classPath := filepath.Join(jars, "*")
		if err := prepareHome(ctx, java, classPath, at); err != nil {
			return nil, err
		}
		command := []string{java, "-cp", classPath, "-Xms256m", "-Xmx1g", "-XX:+ExitOnOutOfMemoryError"}
		for _, opened := range []string{"java.nio", "java.io", "sun.nio.ch", "java.util.concurrent"} {
			command = append(command, "--add-opens=java.base/"+opened+"=ALL-UNNAMED")
		}
		command = append(command, release.mainClass, "--home-dir="+at.dir, "--config-dir="+filepath.Join(at.dir, "conf"))
		return &launch{origin: "Java, neo4j " + release.version, command: command, kill: "kill -9 $server"}, nil
	}
	return nil, fmt.Errorf("found Java %d, which is too old: 17 or newer is needed", major)
}

var javaVersion = regexp.MustCompile(`version "(\d+)`)

// findJava is the Java of JAVA_HOME, else of the path, and its major version.
func findJava(ctx context.Context) (path string, major int, err error) {
	path = "java"
	if home := os.Getenv("JAVA_HOME"); home != "" {
		path = filepath.Join(home, "bin", "java")
	}
	text, err := output(exec.CommandContext(ctx, path, "-version"))
	if err != nil {
		return "", 0, fmt.Errorf("%s does not run: %w", path, err)
	}
	found := javaVersion.FindStringSubmatch(text)
	if found == nil {
		return "", 0, fmt.Errorf("%s -version says %q", path, text)
	}
	major, err = strconv.Atoi(found[1])
	return path, major, err
}

// pom asks Maven for the server's jars.
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tributary</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>%s</version></dependency>
  </dependencies>
</project>
`

// fetchJars is the folder of the server's jars, fetched if it is not there. Several processes may do so at
// once: one fetches, the others wait for it; the folder appears when it is whole.
func fetchJars(ctx context.Context, version string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "tributary")
	jars := filepath.Join(cache, "neo4j-"+version)
	if isDir(jars) {
		return jars, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	lock, err := lockFile(jars + ".lock")
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if isDir(jars) { // another process fetched it meanwhile
		return jars, nil
	}
	fetching, err := os.MkdirTemp(cache, "fetching-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fetching)
	if err := os.WriteFile(filepath.Join(fetching, "pom.xml"), fmt.Appendf(nil, pom, version), 0o644); err != nil {
		return "", err
	}
	lib := filepath.Join(fetching, "lib")
	maven := exec.CommandContext(ctx, "mvn", "-q", "-B", "dependency:copy-dependencies",
		"-DincludeScope=runtime", "-DoutputDirectory="+lib)
	maven.Dir = fetching
	if text, err := output(maven); err != nil {
		return "", fmt.Errorf("fetching the jars of neo4j %s with Maven: %w %s", version, err, tail(text))
	}
	if err := os.Rename(lib, jars); err != nil && !isDir(jars) {
		return "", err
	}
	return jars, nil
}

// prepareHome makes the folders and the settings of a server, and once its first password.
func prepareHome(ctx context.Context, java, classPath string, at *place) error {
	for _, sub := range []string{"conf", "data", "logs", "plugins", "import", "run"} {
		if err := os.MkdirAll(filepath.Join(at.dir, sub), 0o755); err != nil {
			return err
		}
	}
	// Who takes another server for its own is refused as often as it asks, and its owner goes on undisturbed.
	settings := fmt.Sprintf(`server.bolt.listen_address=%s
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=256m
db.tx_log.preallocate=false
dbms.security.auth_max_failed_attempts=0
dbms.usage_report.enabled=false
`, at.address())
	conf := filepath.Join(at.dir, "conf", "neo4j.conf")
	if err := os.WriteFile(conf, []byte(settings), 0o644); err != nil {
		return err
	}
	_, err := remembered(filepath.Join(at.dir, "prepared"), func() (string, error) {
		password := exec.CommandContext(ctx, java, "-cp", classPath, "org.neo4j.cli.AdminTool", "dbms", "set-initial-password", at.password)
		password.Env = append(os.Environ(), "NEO4J_HOME="+at.dir, "NEO4J_CONF="+filepath.Dir(conf))
		if text, err := output(password); err != nil {
			return "", fmt.Errorf("setting the password: %w %s", err, tail(text))
		}
		return "yes", nil
	})
	return err
}

// keeper is a shell that runs the server and ties its life to this process: it reads from a pipe that this
// process holds open. A line asks the server to end in order; the end of the pipe, which the death of this
// process brings about however it comes, kills it. Signals to the whole group, as a terminal sends them, do not
// end the shell: it has to clean up.
const keeper = `trap : HUP INT TERM
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( if read -r word <&3; then kill $server; read -r word <&3; fi; %s ) >/dev/null 2>&1 &
watcher=$!
while kill -0 $server 2>/dev/null; do wait $server; done
kill $watcher 2>/dev/null
test -z "$remove" || rm -rf "$remove"
`

// process is a server that was launched.
type process struct {
	pipe  io.WriteCloser
	logs  []string      // files: what it printed, what it logged
	ended chan struct{} // closed when it has ended
}

func (l *launch) run(ctx context.Context, log string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command("sh", append([]string{"-c", fmt.Sprintf(keeper, l.kill), "sh"}, l.command...)...)
	cmd.Env = append(os.Environ(), "remove="+l.removeDir)
	cmd.Stdout, cmd.Stderr = out, out
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{pipe: pipe, logs: []string{log, filepath.Join(filepath.Dir(log), "logs", "neo4j.log")}, ended: make(chan struct{})}
	go func() {
		cmd.Wait() // how it ended shows in its log
		close(p.ended)
	}()
	context.AfterFunc(ctx, p.kill)
	return p, nil
}

// stop ends the server in order and waits for it.
func (p *process) stop() error {
	fmt.Fprintln(p.pipe, "stop")
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopTimeout):
		p.kill()
		return fmt.Errorf("the server did not end within %v and was killed; see %s", stopTimeout, strings.Join(p.logs, " and "))
	}
}

// kill ends the server at once and waits for it.
func (p *process) kill() {
	p.pipe.Close()
	<-p.ended
}

// waitFor waits until the server answers who knows its password. One that does not know it is another program's,
// which took the port: then this server ends as soon as it finds that out.
func (p *process) waitFor(ctx context.Context, server Neo4jServer) error {
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for {
		err := signIn(ctx, server)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			said := p.said()
			if addressInUse.MatchString(said) {
				return errPortTaken
			}
			return fmt.Errorf("the server ended: %s", tail(said))
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-retry.C:
		}
	}
}

// said is what the server printed and logged, where it did.
func (p *process) said() string {
	var all strings.Builder
	for _, log := range p.logs {
		text, _ := os.ReadFile(log)
		all.Write(text)
	}
	return all.String()
}

// addressInUse is how Java and Docker say that a port is taken.
var addressInUse = regexp.MustCompile(`(?i)address (is )?already in use|port is already allocated`)

// signIn connects once and gives the password.
func signIn(ctx context.Context, server Neo4jServer) error {
	driver, err := neo4j.NewDriver(server.URI, neo4j.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		return err
	}
	defer driver.Close(ctx)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return driver.VerifyConnectivity(ctx)
}

// output runs a command and gives what it wrote.
func output(cmd *exec.Cmd) (string, error) {
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// tail is the end of a text, short enough for a message.
func tail(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 1000 {
		text = "..." + text[len(text)-1000:]
	}
	return text
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
