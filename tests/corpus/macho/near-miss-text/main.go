package main

import "fmt"

func main() { fmt.Println("/opt/homebrew/lib/libssl.3.dylib") }
