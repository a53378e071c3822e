package cmd

import (
	"context"
	"io"
	"os"
)

// MainTranscribed is Main, and writes all that the program says to transcript
// too, whatever its streams are: a terminal, a pipe, nothing.
func MainTranscribed(transcript io.Writer) int {
	env := systemEnv()
	env.Stdout = io.MultiWriter(env.Stdout, transcript)
	env.Stderr = io.MultiWriter(env.Stderr, transcript)
	return Run(newSignalContext(context.Background()), os.Args[1:], env)
}
