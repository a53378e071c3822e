package cmd

import (
	"context"
	"io"
	"os"
)

// MainTranscribed is Main, and also writes all output to transcript, whether the streams are a
// terminal, a pipe or nothing.
func MainTranscribed(transcript io.Writer) int {
	env := systemEnv()
	env.Stdout = io.MultiWriter(env.Stdout, transcript)
	env.Stderr = io.MultiWriter(env.Stderr, transcript)
	return Run(newSignalContext(context.Background()), os.Args[1:], env)
}
