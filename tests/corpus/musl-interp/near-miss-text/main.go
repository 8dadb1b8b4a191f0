package main

import "fmt"

func main() { fmt.Println("/lib/ld-musl-x86_64.so.1") }
