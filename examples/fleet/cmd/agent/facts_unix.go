//go:build unix

package main

import "golang.org/x/sys/unix"

// kernelRelease asks the kernel, as uname -sr does.
func kernelRelease() (string, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "", err
	}
	return unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:]), nil
}
