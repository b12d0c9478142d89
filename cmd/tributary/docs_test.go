package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

const cliDocs = "../../docs/cli.md"

// TestDocs holds docs/cli.md to what the commands say of themselves.
func TestDocs(t *testing.T) {
	golden(t, cliDocs, commandDocs())
}

const docsIntro = "# The command line\n\n" +
	"Made from the commands by `go test ./cmd/tributary -run TestDocs -update`; a test fails when it is out of date.\n\n" +
	"Wherever a command takes a company or a product, it takes an id, an identifier (`lei:...`, `ticker:XNAS:NVDA`), a name or an\n" +
	"alias; case, width and accents do not matter. A name that fits several lists them with their ids; one that fits none\n" +
	"lists the nearest. A name that fits several companies is a record of its own until somebody decides: `id:NAME` asks about that one.\n\n" +
	"Answers go to standard output, everything else to standard error. `-o json` prints what the API answers, all pages joined;\n" +
	"`-o csv` and `-o ndjson` print the items alone. Tables fit the terminal, the telling columns first; in a pipe nothing is cut and\n" +
	"nothing is coloured (`NO_COLOR` is respected on a terminal). Every answer that is not all there is says so and why.\n\n" +
	"`-o csv --bom` is for Excel: text that it would take for a formula (it begins with `=`, `+`, `-`, `@` or a control character) gets\n" +
	"an apostrophe before it, since names and quotes are written by strangers. Numbers stay numbers. `-o csv` alone changes nothing.\n\n" +
	"Every flag can be set in the environment: `--as-of` is `TRIBUTARY_AS_OF`. A flag on the command line wins.\n\n" +
	"| exit code | meaning |\n| --- | --- |\n"

// exitCodes are the codes with their meaning, for the documentation.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitOK, "done"},
	{exitError, "the store, a file or the network failed"},
	{exitUsage, "a flag, an argument or the form of an input is wrong"},
	{exitNotFound, "no company, product, relation, import or file is called that"},
	{exitAmbiguous, "a name fits several; they are listed"},
	{exitPartial, "done, but not for everything: rows were rejected, or `check` found something"},
	{exitInterrupted, "stopped by Ctrl-C"},
}

func commandDocs() string {
	root := newRoot(newProgram("tributary", strings.NewReader(""), io.Discard, io.Discard, nil))
	var b strings.Builder
	b.WriteString(docsIntro)
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", c.code, c.meaning)
	}
	b.WriteString("\n")
	for _, group := range root.Groups() {
		for _, c := range root.Commands() {
			if c.GroupID == group.ID && c.Name() != "help" {
				writeCommandDocs(&b, c)
			}
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func writeCommandDocs(b *strings.Builder, c *cobra.Command) {
	if c.IsAdditionalHelpTopicCommand() || c.HasParent() && c.Parent().Name() == "completion" {
		return
	}
	fmt.Fprintf(b, "## %s\n\n%s\n\n", c.CommandPath(), strings.TrimSpace(markdownText(c)))
	var usage bytes.Buffer
	c.SetOut(&usage)
	if err := writeUsage(c); err != nil {
		panic(err) // a buffer takes everything
	}
	fmt.Fprintf(b, "```text\n%s```\n\n", usage.String())
	for _, child := range c.Commands() {
		writeCommandDocs(b, child)
	}
}

// markdownText is the description of a command as paragraphs.
func markdownText(c *cobra.Command) string {
	if c.Name() == "completion" {
		return "Prints the script that lets bash, fish, PowerShell or zsh complete commands and flags: `tributary completion bash --help` tells how to load it."
	}
	if c.Long == "" {
		return c.Short + "."
	}
	return c.Long
}

// TestEveryCommandTeaches: each command has a sentence and examples, and each flag a description and a group.
func TestEveryCommandTeaches(t *testing.T) {
	root := newRoot(newProgram("tributary", strings.NewReader(""), io.Discard, io.Discard, nil))
	for _, c := range allCommands(root) {
		if c == root || strings.HasPrefix(c.CommandPath(), "tributary completion") || c.Name() == "help" {
			continue
		}
		if c.Short == "" || len(c.Short) > 90 {
			t.Errorf("%s: the sentence has %d characters", c.CommandPath(), len(c.Short))
		}
		if lines := strings.Count(c.Example, "\n") + 1; c.Example == "" || lines < 2 {
			t.Errorf("%s: %d examples", c.CommandPath(), lines)
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			if !strings.Contains(line, "tributary ") || !strings.HasPrefix(line, "  ") {
				t.Errorf("%s: the example %q does not run the program", c.CommandPath(), line)
			}
		}
	}
}

// TestExamplesParse runs every example of every command as far as its flags and arguments.
func TestExamplesParse(t *testing.T) {
	root := newRoot(newProgram("tributary", strings.NewReader(""), io.Discard, io.Discard, nil))
	for _, c := range allCommands(root) {
		if strings.HasPrefix(c.CommandPath(), "tributary completion") {
			continue
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			_, after, found := strings.Cut(line, "tributary ")
			if !found {
				continue
			}
			args := exampleArgs(after)
			target, rest, err := newRoot(newProgram("tributary", strings.NewReader(""), io.Discard, io.Discard, nil)).Find(args)
			if err != nil {
				t.Errorf("%s: %v", line, err)
				continue
			}
			if err := target.ParseFlags(rest); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			if err := target.ValidateArgs(target.Flags().Args()); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}

// exampleArgs splits an example as a shell does, up to a pipe or a redirection.
func exampleArgs(line string) (args []string) {
	quoted := strings.Split(line, `"`)
	for i, part := range quoted {
		if i%2 == 1 {
			args = append(args, part)
			continue
		}
		part, _, cut := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(part, "'", ""), ">", "|"), "|")
		args = append(args, strings.Fields(part)...)
		if cut {
			break
		}
	}
	return args
}
