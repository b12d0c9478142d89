// Tributary imports companies and supplier relations, with the evidence for each, and answers who stands behind
// whom. Run it without arguments for the first steps.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
