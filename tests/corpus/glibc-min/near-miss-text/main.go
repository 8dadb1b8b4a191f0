package main

import "fmt"

func main() { fmt.Println("GLIBC_2.34") }
