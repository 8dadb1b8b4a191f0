// Command main is the smallest program of Go: what the fuzzer starts from.
package main

func main() { println("hello") }
