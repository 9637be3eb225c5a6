"""Bank accounts as the banks' data knows them: names in kana, branches, ゆうちょ, and whose account is paid."""
