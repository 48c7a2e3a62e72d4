internal import BuiltinContracts
package import Consensus
internal import ContractEngine
internal import Cryptography
package import LedgerModel
package import LedgerStore
package import NodeCore
package import TestLedger
internal import Wire

/// An input with constant content, whose bytes are frozen under `Tests/Fixtures/fuzz`.
package struct GoldenInput: Sendable {
  package let decoder: Decoder
  /// Its file is `golden-<name>`.
  package let name: String
  package let bytes: [UInt8]
}

/// The values that golden inputs encode.
package struct GoldenValues {
  package let batches: [Batch]
  /// Heights 1 to 3; the second has no certificate of its own.
  package let packages: [BlockPackage]
  package let messages: [(name: String, message: PeerMessage)]
  package let journal: [(name: String, record: JournalRecord)]
  package let ledger: TestLedger

  package init(_ chain: FuzzChain) throws {
    let world = chain.world
    var ledger = try TestLedger(world)
    var packages: [BlockPackage] = []
    var batches: [Batch] = []
    for (height, isCertified) in [(1, true), (2, false), (3, true)] as [(UInt8, Bool)] {
      let content = [UInt8](repeating: height, count: 40)
      let call = Transaction.Call(
        contract: "note", method: "put", arguments: Notes.value("a", "\(height)"),
        attachments: [chain.suite.hash(.attachment, content)])
      let transactions = [
        try world.transaction([call], key: [height, 0], attachments: [content]),
        try world.transaction([Notes.put("b", "\(height)")], key: [height, 1], allOrNothing: true),
      ]
      let block = try ledger.run(transactions, isCertified: isCertified)
      batches.append(Batch(transactions, suite: chain.suite))
      packages.append(BlockPackage(block: block, batches: [transactions.map { $0.encoded() }]))
    }
    self.ledger = ledger
    self.batches = batches
    self.packages = packages

    let header = packages[1].block.header
    let digests = packages[1].block.batches
    let proposal = Proposal(epoch: 0, view: header.view, parentView: 3, block: header.hash)
    let nullify = VoteSubject(epoch: 0, view: 300, statement: .nullify)
    func vote(_ subject: VoteSubject) throws -> Vote {
      Vote(subject: subject, signer: 2, signature: try world.sign(subject, by: 2))
    }
    let certificates = try [proposal.notarize, nullify, proposal.finalize].map {
      try world.certificate(for: $0)
    }
    messages = [
      (
        "status",
        .status(PeerStatus(epoch: 1, view: 300, height: 3, executedHeight: 2, logSize: 70_000))
      ),
      ("proposal", .proposal(header, batches: digests, try vote(proposal.notarize))),
      ("notarize", .vote(try vote(proposal.notarize))),
      ("nullify", .vote(try vote(nullify))),
      ("finalize", .vote(try vote(proposal.finalize))),
      ("notarization", .certificate(certificates[0])),
      ("nullification", .certificate(certificates[1])),
      ("finalization", .certificate(certificates[2])),
      ("batch", .batch(BatchCheck.encode(batches[0]))),
      ("batch-request", .batchRequest(batches.map(\.digest))),
      ("block-request", .blockRequest(header.hash)),
      ("block", .block(header, batches: digests)),
      ("certificate-request", .certificateRequest(epoch: 2, views: 7...70)),
      ("catch-up-request", .catchUpRequest(from: 300)),
      ("catch-up", .catchUp(CatchUpCheck.encode(packages, from: 1))),
    ]
    journal = [
      ("notarize", .vote(proposal.notarize)), ("nullify", .vote(nullify)),
      ("finalize", .vote(proposal.finalize)), ("notarization", .certificate(certificates[0])),
      ("nullification", .certificate(certificates[1])),
      ("certified", .certified(proposal)),
      ("last-block", .lastBlock(epoch: 2, Tip(view: 9, block: header.hash))),
    ]
  }
}

extension GoldenInput {
  /// All of them; the same bytes on every machine and in every run.
  package static func all(_ chain: FuzzChain) throws -> [GoldenInput] {
    let values = try GoldenValues(chain)
    var inputs: [GoldenInput] = []
    func add(_ decoder: Decoder, _ name: String, _ bytes: [UInt8]) {
      inputs.append(GoldenInput(decoder: decoder, name: name, bytes: bytes))
    }
    for (name, message) in values.messages {
      add(.peerMessage, name, [message.kind.rawValue] + message.encoded)
    }
    add(.batch, "two", BatchCheck.encode(values.batches[0]))
    add(.catchUp, "one", CatchUpCheck.encode(Array(values.packages.prefix(1)), from: 1))
    add(.catchUp, "three", CatchUpCheck.encode(values.packages, from: 1))
    for (name, record) in values.journal { add(.journalRecord, name, record.encoded) }
    for (name, transaction) in zip(["attachment", "plain"], values.batches[0].transactions) {
      add(.transaction, name, transaction.encoded())
    }
    add(.blockHeader, "third", values.packages[2].block.header.encoded)
    add(.genesis, "intl", chain.genesis.document)
    add(.genesis, "sm", try TestWorld(.sm).genesis.document)
    try addBundles(of: values.ledger, add)
    try addArguments(chain, add)
    add(.transaction, "validator", try report(chain).transaction.encoded())
    for (number, handshake) in chain.handshakes.enumerated() {
      for (message, bytes) in handshake.messages.enumerated() {
        add(.handshake, "\(number)-\(message)", [UInt8(3 * number + message)] + bytes)
      }
    }
    return inputs
  }

  private static func addBundles(
    of ledger: TestLedger, _ add: (Decoder, String, [UInt8]) -> Void
  ) throws {
    guard let anchor = try ledger.ledger.anchor() else { return }
    let items = [
      ("value", try ledger.ledger.prove(Notes.asset("a"), at: anchor)),
      ("absence", try ledger.ledger.prove(Notes.asset("none"), at: anchor)),
      ("trail", try ledger.ledger.proveTrail(Notes.asset("b"), at: anchor)),
      ("record", try ledger.ledger.proveRecord(at: 5, at: anchor)),
      ("consistency", try ledger.ledger.proveConsistency(from: 1, at: anchor)),
    ]
    for (name, item) in items { add(.bundle, name, anchor.bundle([item]).encoded) }
    add(.bundle, "all", anchor.bundle(items.map(\.1)).encoded)
  }

  /// Arguments that are read and refused only by what the genesis state says.
  private static func addArguments(
    _ chain: FuzzChain, _ add: (Decoder, String, [UInt8]) -> Void
  ) throws {
    let contracts = BuiltinContracts.all
    let methods = contracts.flatMap { contract in contract.methods.map { (contract, $0) } }
    for (number, (contract, method)) in methods.enumerated() {
      let arguments =
        method.name == Governance.reportEquivocation
        ? try report(chain).arguments : arguments(method.name)
      add(.arguments, "\(contract.name)-\(method.name)", [UInt8(number)] + arguments)
    }
  }

  /// Validator 1 tells that validator 2 voted for two blocks.
  private static func report(
    _ chain: FuzzChain
  ) throws -> (arguments: [UInt8], transaction: Transaction) {
    let votes = try [1, 2].map { number in
      let subject = VoteSubject(
        epoch: 0, view: 300,
        statement: .notarize(
          parentView: 299, block: chain.suite.hash(.query, [UInt8(number)])))
      return Vote(
        subject: subject, signer: 2, signature: try chain.world.sign(subject, by: 2))
    }
    var call = WireReportEquivocation()
    call.first = votes[0].wire
    call.second = votes[1].wire
    let transaction = try Transaction(
      chainID: chain.genesis.chainID,
      member: Member.id(ofValidator: chain.genesis.validators.validators[1].name),
      idempotencyKey: Array("equivocation 0 2".utf8), validUntil: 100,
      calls: [
        Transaction.Call(
          contract: Governance.contract, method: Governance.reportEquivocation,
          arguments: call.encoded)
      ], key: chain.world.validatorKeys[1], suite: chain.suite)
    return (call.encoded, transaction)
  }

  private static func arguments(_ method: String) -> [UInt8] {
    var suspend = WireChange()
    suspend.suspendMember = TestWorld.member
    switch method {
    case "propose":
      var call = WirePropose()
      call.proposal = "p"
      call.changes = [suspend]
      call.reason = "because"
      call.deadlineMs = 1_700_000_001_000
      return call.encoded
    case "vote":
      var call = WireCastVote()
      call.proposal = "p"
      call.changes = [suspend]
      call.approve = true
      call.opinion = "yes"
      return call.encoded
    case "putBlue":
      var call = InvoicePutBlue()
      call.facts.code = "46060226"
      call.facts.number = "0001"
      call.facts.amountFen = 12_345
      call.facts.issueDate = 20_260_105
      call.facts.institution = "hospital-1"
      call.facts.region = "460106"
      call.facts.payerTag = [UInt8](repeating: 0x11, count: 32).data
      call.facts.checkTag = [UInt8](repeating: 0x22, count: 32).data
      call.owner = TestWorld.member
      call.sealed.schema = 1
      return call.encoded
    case "update", "send", "receive", "skip", "acknowledge", "timeOut", "decide", "lapse",
      "recognise", "blame", "deposit", "settle":
      return relayArguments(method)
    default:
      // Most messages begin with two texts: an invoice's code and number, or a proposal's id.
      var call = WireOrganisationRecord()
      call.id = "46060226"
      call.name = "0001"
      return call.encoded
    }
  }
}
