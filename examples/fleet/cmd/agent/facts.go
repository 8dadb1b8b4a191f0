package main

import (
	"errors"
	"os"
	"runtime"

	"example.com/fleet/v2/internal/protocol"
)

// gather learns about this machine. What it returns with an error is incomplete,
// and of use all the same.
func gather() (protocol.Facts, error) {
	hostname, hostErr := os.Hostname()
	kernel, kernelErr := kernelRelease()
	return protocol.Facts{
		Hostname: hostname,
		OS:       runtime.GOOS,
		Arch:     runtime.GOARCH,
		Kernel:   kernel,
		CPUs:     runtime.NumCPU(),
	}, errors.Join(hostErr, kernelErr)
}
