TEXT ·foreign(SB), 0, $0
	CALL main·sslRead(SB)
	RET
