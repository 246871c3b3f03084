package repo

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A duty is one thing that the kit has to stand, and the tests that show that it does.
type duty struct {
	id   string
	must string
	// held names tests by folder: "app: TestA TestB; e2e: TestC".
	held string
	// until is the file with which what it is about begins to exist. Until then nothing holds it.
	until string
}

// duties are hostile input (I), races (R), faults (F), traps of the web framework (FT), and the
// contracts (S) that hold for every route. Each is held, or names the file that it waits for.
var duties = []duty{
	{id: "S-HDR", must: "every status of every route carries every header of the policy", held: "app: TestHeaders TestHeadersOfFailures; e2e: TestPolicyRefuses TestChecksumRefuses"},
	{id: "S-COOK", must: "every cookie is listed, and set as all are", held: "app: TestEveryCookieIsListed TestCookiesInDevelopment TestTossedCookies"},
	{id: "S-CSRF", must: "no unsafe route does what another site asks for", held: "app: TestForgeryProduct TestForgery TestForgeryToken TestForgeryAnswered FuzzToken; e2e: TestForged"},
	{id: "S-REDIR", must: "every redirect is listed, and leads to a page of this site", held: "app: TestEveryRedirectIsListed TestNextAtLogin TestNextOnPages TestNextElsewhere TestNextFromHeaders TestNextOfStrangePaths TestNextAtOtherOrigins FuzzNext"},
	{id: "S-THR", must: "tries are bounded by account and network, however they come", held: "app: TestEveryActIsBounded TestEveryLimitIsCharged TestLimitPerNetwork TestLimitNetworks TestLimitSpellings TestLimitBurst TestLimitBurstFromANetwork TestLimitBurstOfTheOwner TestLimitOutlivesTheProcess TestLimitOutlivesTheTransaction TestLimitGrows TestLoginApartIsCharged TestLimitOfTwoInstances TestStrangerLocksNobodyOut TestKnownBrowserIsBounded TestKnownUntilAnotherPassword TestRecoveryForgivesKnownBrowsers TestStrangerAsksForMails"},
	{id: "S-LOG", must: "no secret is in the log, the audit, events, pages, addresses or the database", held: "app: TestSecretsStaySecret; app/mail: TestOutboxIsUnreadableAtRest; app/session: TestOnlyTheHashIsStored; components/form: TestSecretsAreNeverEchoed"},
	{id: "S-ENUM", must: "answers and work do not tell who has an account", held: "app: TestEveryNamingFormIsListed TestNamesAnsweredAlike TestRegisterAnswersAlike TestEqualWork TestExtendRefusesAlike TestLimitHidesTheRightPassword TestConfirmAnswersAlike TestConfirmMistypedAlike TestInviteAnswersAlike TestMagicLinkRefused; app/password: TestUnknownAccountsCostTheSame"},
	{id: "S-TOK", must: "what is mailed is random, stored as a hash, bound to its purpose, account and address, good once, and dead when replaced", held: "app: TestConfirmOver TestConfirmByCode TestConfirmMangled TestInvitationDies TestInvitationServesItsPurpose TestMagicLinkIsBound TestMagicLinkOver TestMagicLinkMeanwhile TestMagicLinkReplayed TestRecoverByCode TestRecoverAgain TestRecoverKilled TestRecoverCodeIsTheOwners TestEveryMailedSecretIsListed TestMailedSecretsServeOnePurpose TestMailedSecretsAreGoodOnce TestMailedSecretsExpire TestMailedSecretsAreReplaced TestMailedSecretsDie TestMailedSecretsStayInTheMail TestMailedSecretsAtOnce TestChangeEmailLinkIsForOneAccount TestInvitationDiesMeanwhile TestInvitationOverIsNotSentAgain TestMagicLinkKeepsNobodyElses TestRecoverByWhatWasGivenUp TestSecretsStaySecret; app/internal/token: TestLink TestExpiry TestReplaced TestKill TestAlive TestExchangeRacesANewerMail TestAuthVersion TestOtherLinks TestOnlyHashesAreStored TestExchange TestTries TestCodeAsTyped TestAtOnce"},
	{id: "S-AUTHZ", must: "every route × method × person is as written down", held: "app: TestAccess TestPathsInOtherSpellings"},
	{id: "S-TIME", must: "sessions and devices live for as long as is written down, by the clock of the site", held: "app: TestSessionEndsUnused TestSessionEndsAtLast TestRememberEnds TestGateExpiry; app/session: TestLoadJudges"},

	{id: "I1", must: "a mail scanner that follows a link spends nothing", held: "app: TestMailedLinksPrefetched TestConfirmPrefetched TestInvitationPrefetched TestMagicLinkPrefetched TestRecoverPrefetched; app/internal/token: TestLink"},
	{id: "I2", must: "a mailed link that was mangled on its way is understood, or told as such", held: "app: TestMailedLinksMangled TestConfirmMangled TestInvitationPrefetched TestMagicLinkPrefetched TestRecoverMangled; app/internal/token: TestOtherLinks"},
	{id: "I3", must: "the back button after signing out shows nothing private", held: "app: TestHistory; e2e: TestHistory TestHistoryRestoredByHtmx TestSignedOutInPlace"},
	{id: "I4", must: "a session that ends under htmx leads to sign in and back to the page", held: "app: TestSessionEndsUnderHTMX TestSignInWhereHTMXIs; e2e: TestExpired"},
	{id: "I5", must: "a form of one person, sent as another, is refused or the other's", held: "app: TestForgeryToken TestFragmentToken TestTurnIsLoadedWhole; e2e: TestSomebodyElseInOtherTab TestSignedOutInOtherTab TestStaleToken"},
	{id: "I6", must: "a form sent twice does what it does once", held: "app: TestEveryFormSentTwice TestRegisterDoubleClick TestRegisterTwiceWithUsername TestChangeClickedTwice TestInvitationClickedTwice TestRecoverClickedTwice; e2e: TestSentOnce TestPlainFormClickedTwice"},
	{id: "I7", must: "what was used is dead: sessions, devices, waiting sign-ins", held: "app: TestLogout TestGateReplay TestRememberTheft TestRememberSignOut TestChange TestChangeForgetsDevices; app/session: TestRevoke"},
	{id: "I8", must: "cookies planted by a neighbour count for nothing, and no number of them brings the server down", held: "app: TestTossedCookies FuzzCookies TestRawRequests"},
	{id: "I9", must: "bodies without end, of a thousand parts, nested or packed are refused, memory flat", held: "app: TestEndlessBody TestSlowRequests TestManyParts TestTooMuch TestFormBodies TestJSONBodies TestCompressedBodiesAreRefused FuzzReadInput"},
	{id: "I10", must: "a password of a megabyte is refused before it is hashed", held: "app: TestTooMuch; app/password: TestTooLongIsRefusedBeforeTheLine TestAFloodIsRefusedUnread"},
	{id: "I11", must: "two hundred sign-ins at once cost bounded memory, and who has to wait is told", held: "app: TestBusy TestLimitDoesNotCountTheBusy; app/password: TestTwoHundredAtOnce TestEveryRoadLeadsThroughTheGate TestGateNeverServesMoreThanItsSlots; e2e: TestBusyServer"},
	{id: "I12", must: "nothing typed becomes a header or a recipient of a mail", held: "app: TestMailOfTheHostIsRefused TestInviteNames TestNamesAnsweredAlike TestChangeEmailRefused; app/mail: TestSMTPHeaderInjection TestSMTPOneRecipient TestUnsubscribe TestSendmailDelivers"},
	{id: "I13", must: "no username looks like another's or like the operator's", held: "app: TestUsernamesThatMislead TestUsernamesThatMisleadAtOnce TestReservedIsASetting TestChangeUsernameRefused TestUsernameIsKept; app/internal/identity: TestSkeleton TestReserved TestEveryOtherSignIsRefused TestUsernameRefuses"},
	{id: "I14", must: "NUL, lone surrogates and invalid UTF-8 are refused, not stored and no fault", held: "app: TestJSONTypes TestFormBodies TestJSONBodies; components/form: FuzzDecode TestDecodeText"},
	{id: "I15", must: "what is too long to keep is cut", held: "app: TestRawRequests TestEchoIsCut"},
	{id: "I16", must: "numbers that no page has are not found", held: "app: TestStrangeNumbers TestInviteOfOthers"},
	{id: "I17", must: "nothing that can be sent is slow to read", held: "app: TestSlowToRead; app/password: TestStrengthIsBounded; locales: TestMatchIsQuick"},
	{id: "I18", must: "claimed addresses count where a proxy is trusted, and a /64 is one network", held: "app: TestLimitNetworks TestLimitPerNetwork; app/internal/limit: TestNetwork"},
	{id: "I19", must: "HTTP/1.0, no host, another, two, whole URLs and conflicting lengths lead nowhere", held: "app: TestOldRequests TestConflictingLengths TestHost TestHostClaimed TestRawRequests FuzzRequest"},
	{id: "I20", must: "what a person types is words, in pages and in mails", held: "app: TestTypedTextIsInert TestMailedTextIsInert; components: TestURLsThatRunScriptAreRefused; internal/repo: TestTemplatesEscape; static: TestScriptWritesNoMarkup"},
	{id: "I21", must: "garbage in headers means the default", held: "app: TestRawRequests FuzzCookies TestSessionGarbage TestRememberGarbage TestLanguageIsKept; locales: FuzzMatch"},
	{id: "I22", must: "a stream ends with the session that opened it", until: "app/stream.go"},

	{id: "R1", must: "an address confirmed twice at once is confirmed once, and both are told so", held: "app: TestConfirmAtOnce; app/internal/token: TestAtOnce"},
	{id: "R2", must: "of many passwords sent by one link at once, one becomes the password", held: "app: TestRecoverAtOnce"},
	{id: "R6", must: "a link opened in two browsers at once signs in the one that asked, once", held: "app: TestMagicLinkAtOnce"},
	{id: "R7", must: "twins who register at once become one account", held: "app: TestRegisterRace TestUsernamesThatMisleadAtOnce; db: TestWhatMustBeUnique"},
	{id: "R8", must: "registering and accepting an invitation at once, with one address, opens one account", held: "app: TestInvitationAndRegistrationAtOnce"},
	{id: "R9", must: "of many who want one username at once, one gets it, and nobody one that is being given up", held: "app: TestUsernameRace TestUsernameSwap TestUsernameRaceForTheFreed"},
	{id: "R10", must: "what is confirmed is the address that the mail went to", held: "app: TestConfirmMistyped TestConfirmMovedMeanwhile TestChangeEmailTwice TestChangeEmailAskedAtOnce; app/internal/token: TestReplaced"},
	{id: "R11", must: "an address that has changed hands is not confirmed by a mail from before", held: "app: TestConfirmMovedMeanwhile TestChangeEmailTakenMeanwhile TestChangeEmailOneOfMany"},
	{id: "R12", must: "a password that changes ends half a sign-in", held: "app: TestChangeEndsHalfASignIn TestMagicLinkMeanwhile"},
	{id: "R17", must: "a slow request brings no session back that has ended", held: "app: TestSlowRequestAfterLogout TestRememberForgottenMeanwhile; app/session: TestLogoutRacesASlowRequest TestTouchNeverRevives TestInsertRacesAChange"},
	{id: "R18", must: "an id that was replaced lives for requests in flight alone", held: "app: TestSessionRotationGrace TestChange; app/session: TestRotationGrace TestRotationOutlivesAChange TestGraceHonoursTheLimits TestRotateRefusesTheDead"},
	{id: "R19", must: "a device's token used by two at once is renewed once, and later is theft", held: "app: TestRememberAtOnce TestRememberTheft TestRememberGraceIsNotPutOff TestRememberTheftIsToldOnce"},
	{id: "R22", must: "of as many as one likes at once, there are never more than there may be", held: "app: TestAddressesMostAtOnce"},
	{id: "R21", must: "the last way into an account is not removed, whatever happens at the same moment", held: "app: TestRemoveAtOnce TestRemoveTheLastWayIn TestRemoveWhileTheOtherWayGoes"},
	{id: "R23", must: "of a hundred wrong passwords at once, as many as are free are judged", held: "app: TestLimitBurst TestLimitBurstFromANetwork; app/internal/limit: TestDelayAtOnce TestQuotaAtOnce"},
	{id: "R24", must: "a failure counts, whatever becomes of the transaction that it was part of", held: "app: TestLimitOutlivesTheTransaction TestRecoverCodeTries TestConfirmCodeTries TestMagicLinkCodeTries; app/internal/token: TestTries"},
	{id: "R25", must: "a mail asked for by many at once is sent once, with one secret that is good", held: "app: TestMailsAskedForAtOnce TestConfirmAtOnce"},
	{id: "R30", must: "an invitation accepted twice, revoked while it is accepted, or expired between form and answer, lets one in or none", held: "app: TestInvitationAtOnce TestInvitationRevokedWhileAccepted TestInvitationDies TestInvitationDiesMeanwhile TestInvitationClickedTwice"},
	{id: "R31", must: "of instances that start at once, one migrates", held: "db: TestMigrateEightAtOnce TestMigrateWhileAnotherDoes"},
	{id: "R32", must: "writers wait for their turn, and no visitor hears of it", held: "app: TestCrowdOfWriters; db: TestThirtyTwoWriters"},

	{id: "R34", must: "what is swept while it is used fails nothing", held: "app: TestMailedSecretsSweptWhileUsed; app/internal/token: TestSweptWhileUsed"},

	{id: "F1", must: "a database that is gone is told by 503, and at start by a sentence", held: "app: TestDatabaseGone TestRememberDatabaseGone TestRememberDatabaseHangs; db: TestPingSaysWhereAndWhy TestIsUnavailableOnPostgres"},
	{id: "F2", must: "what was done, and not heard of, is done once when it is asked for again", held: "app: TestAnswerOfTheDatabaseLost TestEveryFormSentTwice TestClientGone"},
	{id: "F3", must: "an exhausted pool is waited for and told by 503, and nothing leaks", held: "app: TestPoolExhausted; db: TestIsUnavailableOnBoth"},
	{id: "F5", must: "without Redis there is still a limit, and sessions hold", held: "app: TestRedisGone TestRedisComesLater; app/internal/limit: TestQuota TestSharedThroughAnOutage; app/internal/redis: TestAway"},
	{id: "F6", must: "a Redis that was emptied revives nothing", held: "app: TestRedisGone TestLimitOfTwoInstances; app/internal/limit: TestSharedFlushed; app/session: TestRevoke TestCacheRacesAnEnd TestCacheIsSealed"},
	{id: "F7", must: "a slow Redis is not waited for", held: "app: TestRedisSlow; app/internal/limit: TestSharedSlow; app/internal/redis: TestSilence TestOneTries"},
	{id: "F8", must: "an answer of Redis that comes late is nobody else's", held: "app/internal/redis: TestLateAnswers"},
	{id: "F9", must: "a mail server in trouble is waited for by nobody, and gets its mails once it is well", held: "app: TestNobodyWaitsForMail TestMailsGoOutAtOnce; app/mail: TestMailServerInTrouble TestMailServerThatIsSlow TestMailServerWithAWrongCertificate TestOutboxBacksOffAndGivesUp TestRetryWhatWasGivenUp"},
	{id: "F10", must: "a process that dies loses no mail that was promised", held: "app: TestKilledWhileMailing; app/mail: TestOutboxFollowsTheTransaction TestLeaseLapses"},
	{id: "F11", must: "a mail that was sent and not marked comes again under the same ID", held: "app: TestKilledWhileMailing; app/mail: TestMailServerThatDiesAfterwards"},
	{id: "F12", must: "a mailer that panics loses one attempt", held: "app/mail: TestOutboxSurvivesItsMailer"},
	{id: "F20", must: "a full disk changes nothing by halves", held: "app: TestDiskFull; db: TestIsUnavailableOnAFullDisk"},
	{id: "F21", must: "a migration that was killed leaves a database that migrates", held: "db: TestMigrateAfterKill TestMigrationThatFailsLeavesNothing"},
	{id: "F22", must: "a server that stops finishes what has begun", held: "cmd/gatehouse: TestDemoFinishesRequests; app/mail: TestStopping TestStoppingAfterDelivery"},
	{id: "F23", must: "a visitor who hangs up leaves nothing half done", held: "app: TestClientGone"},
	{id: "F24", must: "a panic gives out no session that is not written", held: "app: TestPanicLeavesNoSession TestCookiesWaitForTheCommit TestPanic; app/password: TestGateSurvivesAPanic"},

	{id: "FT1", must: "what a request says of its host and scheme is not believed", held: "app: TestClaimsAreNotBelieved TestHostClaimed TestOneRoadToASession; internal/repo: TestFibersTrapsAreLeftAlone"},
	{id: "FT2", must: "HEAD, which Fiber gives to GET's handlers, does nothing", held: "app: TestHeadNeverActs TestRememberHead"},
	{id: "FT3", must: "nothing goes back to a Referer", held: "app: TestEveryRedirectIsListed TestNextFromHeaders; internal/repo: TestFibersTrapsAreLeftAlone"},
	{id: "FT4", must: "no error's own text reaches a visitor", held: "app: TestErrorPages TestDatabaseGone"},
	{id: "FT5", must: "a path in other letters has the same guard and the same limit", held: "app: TestPathsInOtherSpellings TestLimitSpellings"},
	{id: "FT6", must: "neither Fiber's limiter nor its cache is used", held: "internal/repo: TestFibersTrapsAreLeftAlone"},
	{id: "FT7", must: "neither Fiber's sessions nor its tokens are used", held: "app/session: TestValueHas256Bits; internal/repo: TestFibersTrapsAreLeftAlone"},
	{id: "FT8", must: "no slow request writes a session anew", held: "app: TestSlowRequestAfterLogout; app/session: TestTouchNeverRevives"},
	{id: "FT9", must: "what is kept of a request outlives it unchanged", held: "app: TestStringsOutliveTheirRequest TestServerIsBounded"},
	{id: "FT10", must: "requests are bounded in time, body and headers", held: "app: TestServerIsBounded TestSlowRequests TestTooMuch TestTossedCookies"},
}

// tested is what go test runs by its name.
var tested = regexp.MustCompile(`^(?:Test|Fuzz|Example)`)

// tests are all there are, by "folder TestName".
func tests(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, s := range sources(t) {
		for _, declaration := range s.file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if ok && s.test() && f.Recv == nil && tested.MatchString(f.Name.Name) {
				all[s.folder()+" "+f.Name.Name] = true
			}
		}
	}
	return all
}

// TestChecklist keeps the list true: a test that is renamed, or what a duty waits for coming to be,
// is told here.
func TestChecklist(t *testing.T) {
	t.Parallel()
	there, seen := tests(t), map[string]bool{}
	defer func() {
		for kind, last := range map[string]int{"I": 22, "FT": 10} {
			for i := range last {
				if id := fmt.Sprint(kind, i+1); !seen[id] {
					t.Errorf("%s is missing: the list has no gaps", id)
				}
			}
		}
	}()
	for _, d := range duties {
		if seen[d.id] || d.must == "" {
			t.Errorf("%s stands here twice, or says nothing", d.id)
		}
		seen[d.id] = true
		if (d.held == "") == (d.until == "") {
			t.Errorf("%s: %s: name the tests that hold it, or else the file it waits for", d.id, d.must)
		}
		if _, err := os.Stat(filepath.Join(root, d.until)); d.until != "" && err == nil {
			t.Errorf("%s: %s: %s exists now; write the test and name it here", d.id, d.must, d.until)
		}
		for group := range strings.SplitSeq(d.held, "; ") {
			folder, names, _ := strings.Cut(group, ": ")
			for name := range strings.FieldsSeq(names) {
				if !there[folder+" "+name] {
					t.Errorf("%s is held by %s in %s, which does not exist", d.id, name, folder)
				}
			}
		}
	}
}

// TestDeviationsAreTested keeps two pages true, of deviations and of what can be replaced: every test
// and example that they name is there.
func TestDeviationsAreTested(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for test := range tests(t) {
		_, name, _ := strings.Cut(test, " ")
		there[name] = true
	}
	for _, name := range []string{"docs/deviations.md", "docs/replacing.md"} {
		page, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile("`((?:Test|Fuzz|Example)[A-Z][A-Za-z0-9_]*)`").FindAllStringSubmatch(string(page), -1)
		if len(named) == 0 {
			t.Errorf("%s names no tests", name)
		}
		for _, found := range named {
			if !there[found[1]] {
				t.Errorf("%s names %s, which does not exist", name, found[1])
			}
		}
	}
}
