package main

import "fmt"

func main() { fmt.Println("libexample.so.1") }
