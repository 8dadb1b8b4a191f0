package main

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// kernelRelease asks the system itself: what GetVersion says depends on the
// manifest of the program.
func kernelRelease() (string, error) {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows NT %d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber), nil
}
