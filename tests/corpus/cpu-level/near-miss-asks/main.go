// The program asks the CPU before it uses what is new.
package main

import (
	"fmt"
	"hash/crc32"
	"math/bits"
)

func main() {
	fmt.Println("This program can only be run on AMD64 processors with v3 microarchitecture support.")
	fmt.Println(bits.OnesCount(12345), crc32.ChecksumIEEE([]byte("hello")))
}
