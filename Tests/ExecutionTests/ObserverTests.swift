import Cryptography
import Execution
import LedgerModel
import Testing
import Wire

/// Nodes that follow the chain without a vote: who they are is decided, and in no digest.
struct ObserverTests {
  @Test("An observer comes and goes with its epoch, and the validators' digest does not cover it")
  func comesAndGoes() throws {
    var chain = try TestChain()
    try chain.givenDecision("p", WireChange(.addObserver(try chain.validator("o1", key: 41))))
    #expect(try chain.observers == [])
    let next = try #require(try chain.endEpoch().nextEpoch)
    #expect(try chain.observers == ["o1"])
    #expect(
      next.hash(epoch: 1, suite: chain.suite)
        == chain.genesis.validators.hash(epoch: 1, suite: chain.suite))
    #expect(
      try chain.operations(Registry.validators) == ["genesis", "addObserver", "startEpoch"])

    try chain.givenDecision("q", WireChange(.removeObserver("o1")))
    try chain.endEpoch()
    #expect(try chain.observers == [])
  }

  @Test("Whoever votes with an observer's key is no observer any more, nor after its removal")
  func promoted() throws {
    var chain = try TestChain()
    let node = try chain.validator("o1", key: 41)
    try chain.givenDecision(
      "p", WireChange(.addObserver(node)),
      WireChange(.addObserver(try chain.validator("o2", key: 42))))
    try chain.endEpoch()
    try chain.givenDecision("q", WireChange(.addValidator(node)))
    try chain.endEpoch()
    #expect(try chain.validatorNames == ["v1", "v2", "v3", "v4", "o1"])
    #expect(try chain.observers == ["o2"])

    // A standby's key becomes the validator's: the standby votes from then on.
    let standby = try chain.validator("o1", key: 42)
    try chain.givenDecision("r", WireChange(.replaceValidatorKey(standby)))
    try chain.endEpoch()
    #expect(try chain.observers == [])

    try chain.givenDecision("s", WireChange(.removeValidator("o1")))
    try chain.endEpoch()
    #expect(try chain.validatorNames == ["v1", "v2", "v3", "v4"])
    #expect(try chain.observers == [])
  }

  @Test("A removed validator stays as an observer if the same proposal adds it as one")
  func demoted() throws {
    var chain = try TestChain()
    try chain.givenDecision(
      "p", WireChange(.removeValidator("v2")),
      WireChange(.addObserver(chain.genesis.validators.records[1])))
    try chain.endEpoch()
    #expect(try chain.validatorNames == ["v1", "v3", "v4"])
    #expect(try chain.observers == ["v2"])
  }

  @Test("Observers of the genesis document are in its state")
  func genesis() throws {
    let suite = SuiteID.intl.suite
    let key = try suite.generateSigningKey().publicKey.encoded
    let genesis = try Genesis(
      document: Samples.genesis(.intl) {
        var observer = WireValidatorRecord()
        observer.name = "o1"
        observer.signingKey = key.data
        $0.observers = [observer]
      })
    let result = BlockExecutor.genesisState(genesis)
    let state = try #require(result.updates.first { $0.asset == Registry.validators }).after
    let record = try ValidatorSetRecord(decoding: state.value, suite: suite)
    #expect(record.observers.nodes.map(\.name) == ["o1"])
    #expect(record.observers.nodes.map(\.publicKey.encoded) == [key])
    #expect(record.wire.encoded == state.value)
  }
}

extension TestChain {
  /// Names of the observers of the epoch.
  fileprivate var observers: [String] {
    get throws { try registry().observers.nodes.map(\.name) }
  }
}
