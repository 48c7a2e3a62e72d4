package import Cryptography
package import LedgerModel
internal import Wire

/// A chain for tests: its genesis document and every private key, all from constant secrets, so
/// that a run can be repeated byte for byte where signatures are deterministic (`intl`).
package struct TestWorld: Sendable {
  /// The member that signs all transactions.
  package static let member = "hospital-1"
  /// Validators that may ever take office.
  private static let validatorsMax = 50

  package let genesis: Genesis
  package let suite: any CryptoSuite
  /// Of every validator that may ever take office, by its number; the first are the genesis
  /// document's.
  package let validatorKeys: [PrivateKey]
  private let memberKey: PrivateKey
  private let strangerKey: PrivateKey

  package init(
    _ suiteID: SuiteID = .intl, validators: Int = 1, name: String = "test-chain"
  ) throws {
    let suite = suiteID.suite
    func key(_ number: Int, _ use: KeyUse = .signing) throws -> PrivateKey {
      try suite.privateKey(
        SecretBytes(copying: [UInt8](repeating: UInt8(number), count: 32)), use: use)
    }
    self.suite = suite
    validatorKeys = try (0..<Self.validatorsMax).map { try key(1 + $0) }
    memberKey = try key(100)
    strangerKey = try key(102)
    var wire = WireGenesis()
    wire.format = 1
    wire.name = name
    wire.suite = suiteID.name
    wire.timeMs = 1_700_000_000_000
    wire.validators = validatorKeys.prefix(validators).enumerated().map { index, key in
      var validator = WireValidatorRecord()
      validator.name = "validator-\(index)"
      validator.signingKey = key.publicKey.encoded.data
      return validator
    }
    var organisation = WireOrganisationRecord()
    organisation.id = "org-1"
    organisation.name = "First hospital"
    organisation.region = "460100"
    wire.organisations = [organisation]
    var member = WireMemberRecord()
    member.id = Self.member
    member.organisation = organisation.id
    member.region = organisation.region
    member.signingKey = memberKey.publicKey.encoded.data
    member.sealingKey = try key(101, .sealing).publicKey.encoded.data
    wire.members = [member]
    genesis = try Genesis(document: Genesis.document(wire))
  }

  /// A transaction of the one member.
  package func transaction(
    _ calls: [Transaction.Call], key: [UInt8], allOrNothing: Bool = false,
    attachments: [[UInt8]] = []
  ) throws -> Transaction {
    try Transaction(
      chainID: genesis.chainID, member: Self.member, idempotencyKey: key, validUntil: 1_000_000,
      allOrNothing: allOrNothing, calls: calls, attachments: attachments, key: memberKey,
      suite: suite)
  }

  /// The set of these validators, in this order.
  package func validators(_ numbers: [Int]) throws -> ValidatorSet {
    try ValidatorSet(
      numbers.map {
        Validator(name: "validator-\($0)", publicKey: validatorKeys[$0].publicKey)
      })
  }

  /// The signature of a validator, by its number, over what it says about a view of the chain
  /// `chainID`.
  package func sign(
    _ subject: VoteSubject, by validator: Int, chainID: Digest? = nil
  ) throws -> Signature {
    try sign(subject, with: validatorKeys[validator], chainID: chainID)
  }

  /// A signature with a key that the chain does not know.
  package func signAsStranger(_ subject: VoteSubject) throws -> Signature {
    try sign(subject, with: strangerKey, chainID: nil)
  }

  private func sign(
    _ subject: VoteSubject, with key: PrivateKey, chainID: Digest?
  ) throws -> Signature {
    let bytes = subject.signingBytes(chainID: chainID ?? genesis.chainID)
    return try suite.sign(bytes.span, with: key)
  }

  /// The certificate that `signers` finalised this header; by default the first quorum.
  /// - Parameters:
  ///   - set: Numbers of the validators in office; by default the genesis document's.
  ///   - lateness: Views after the header's own in which it was final.
  package func certificate(
    for header: BlockHeader, parentView: UInt64 = 0, signers: [Int]? = nil, of set: [Int]? = nil,
    lateness: UInt64 = 0
  ) throws -> Certificate {
    try certificate(
      for: VoteSubject(
        epoch: header.epoch, view: header.view + lateness,
        statement: .finalize(parentView: parentView, block: header.hash)), signers: signers,
      of: set)
  }

  /// The certificate that `signers` said this; by default the first quorum.
  package func certificate(
    for subject: VoteSubject, signers: [Int]? = nil, of set: [Int]? = nil
  ) throws -> Certificate {
    let set = set ?? Array(0..<genesis.validators.committee.count)
    let signers = signers ?? Array(0..<(Committee(count: set.count)?.quorum ?? 0))
    return try Certificate(
      subject: subject, signers: signers,
      signatures: signers.map { try sign(subject, by: set[$0]) })
  }
}
