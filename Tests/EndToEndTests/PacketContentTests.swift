import BuiltinContracts
import Cryptography
import Foundation
import LedgerClient
import LedgerModel
import Testing
import Wire

extension EndToEnd {
  /// What a node hands out of packets between chains.
  @Suite("Contents of packets")
  struct PacketContents {
    private static let channel = "province-finance"

    @Test("A carrier gets the contents of packets in one answer, and others get none")
    func contents() async throws {
      try await TestNetwork.with { network in
        try await network.start()
        try await openChannel(network)
        // Each as long as a content may be: four of them fill an answer.
        let contents = (1...5).map { [UInt8](repeating: $0, count: Limits.attachmentBytes) }
        try await send(contents, network)
        let ledger = network.ledger

        let proven = try await ledger.values(
          of: [3, 9, 1].map { RelayContract.sent(Self.channel, $0) })
        #expect(proven.values.map { $0 == nil } == [false, true, false])
        let asked = try await ask([3, 1, 9], by: "insurance", network)
        #expect(asked.map(\.sequence) == [3, 1])
        #expect(asked.map(\.ciphertext) == [contents[2], contents[0]])
        let all = try await ask([1, 2, 3, 4, 5], by: "insurance", network)
        #expect(all.map(\.sequence) == [1, 2, 3, 4])
        let rest = try await ask([5], by: "insurance", network)
        #expect(rest.map(\.ciphertext) == [contents[4]])
        // The sender has no key to what it sealed; nothing was received.
        #expect(try await ask([1, 2], by: "finance", network).isEmpty)
        #expect(try await ask([1], received: true, by: "insurance", network).isEmpty)
        try await refusals(network)
      }
    }

    private func refusals(_ network: TestNetwork) async throws {
      let asker = try network.identity("insurance")
      let now = UInt64(Date().timeIntervalSince1970 * 1_000)
      for (code, sequences, timeMs) in [
        ("query.out_of_time", [1], now - 120_000), ("request.invalid", [], now),
        ("request.invalid", [UInt64](repeating: 1, count: 1_025), now),
      ] as [(String, [UInt64], UInt64)] {
        do throws(LedgerClientFault) {
          _ = try await network.ledger.packetContents(
            channel: Self.channel, received: false, sequences: sequences,
            by: asker, timeMs: timeMs)
          Issue.record("answered, not \(code)")
        } catch {
          guard case .node(.refused(let report)) = error else {
            Issue.record("\(error)")
            continue
          }
          #expect(report.code == code)
        }
      }
    }

    private func ask(
      _ sequences: [UInt64], received: Bool = false, by member: String, _ network: TestNetwork
    ) async throws -> [(sequence: UInt64, ciphertext: [UInt8])] {
      try await network.ledger.packetContents(
        channel: Self.channel, received: received, sequences: sequences,
        by: network.identity(member), timeMs: UInt64(Date().timeIntervalSince1970 * 1_000))
    }

    // MARK: Steps

    private static let remote = [UInt8](repeating: 7, count: 32)

    /// The governors open a channel to a chain that is not there.
    private func openChannel(_ network: TestNetwork) async throws {
      var validator = WireValidatorRecord()
      validator.name = "v"
      validator.signingKey = try SuiteID.intl.suite.generateSigningKey().publicKey.encoded.data
      var chain = WireChainRecord()
      chain.chainID = Self.remote.data
      chain.name = "finance"
      chain.suite = "intl"
      chain.headerFormat = 1
      chain.revision = 1
      chain.timeMs = network.genesis.timeMs
      chain.validators = [validator]
      chain.trustingMs = TrustedChain.trustingMs.upperBound
      var terms = WireChannelRecord()
      terms.id = Self.channel
      terms.localChain = network.genesis.chainID.bytes.data
      terms.remoteChain = Self.remote.data
      terms.messageTypes = ["notice"]
      terms.window = 100
      terms.maxTimeoutMs = Channel.timeoutMs.upperBound
      terms.mechanism = "intl"
      terms.carriers = ["insurance"]
      var roles = WireMemberRoles()
      roles.member = "finance"
      roles.roles = [RelayContract.sender]
      let kinds: [WireChange.OneOf_Kind] = [
        .trustChain(chain), .setChannel(terms), .setMemberRoles(roles),
      ]
      let changes = kinds.map { kind in
        var change = WireChange()
        change.kind = kind
        return change
      }
      var propose = WirePropose()
      propose.proposal = "channel"
      propose.changes = changes
      propose.reason = "a channel"
      propose.deadlineMs = UInt64(Date().timeIntervalSince1970 * 1_000) + 3_600_000
      let ledger = network.ledger
      try await expectDone(
        ledger.prepareDecision("propose", propose), by: "finance-governor", network)
      var vote = WireCastVote()
      vote.proposal = propose.proposal
      vote.changes = changes
      vote.approve = true
      vote.opinion = "yes"
      for governor in ["finance-governor", "insurance-governor", "insurer-governor"] {
        try await expectDone(ledger.prepareDecision("vote", vote), by: governor, network)
      }
      for _ in 0..<600 {
        if try await ledger.value(of: Channel.asset(Self.channel)).fact != nil { return }
        try await Task.sleep(for: .milliseconds(100))
      }
      Issue.record("the channel is not opened")
    }

    /// One packet with each content, in one transaction.
    private func send(_ contents: [[UInt8]], _ network: TestNetwork) async throws {
      let ledger = network.ledger
      let carrier = try await ledger.member("insurance")
      var notice = RelayNotice()
      notice.matter = "m"
      var calls: [Transaction.Call] = []
      for (index, content) in contents.enumerated() {
        let digest = ledger.suite.hash(.attachment, content)
        var key = RelayWrappedKey()
        key.recipient = carrier.id
        key.keyID = Member.keyID(of: carrier.sealingKey, suite: ledger.suite).data
        let size = ledger.suite.symmetricKeyByteCount + ledger.suite.wrapOverheadByteCount
        key.wrapped = [UInt8](repeating: 1, count: size).data
        var call = RelaySend()
        call.sealed.attachment = digest.bytes.data
        call.sealed.keys = [key]
        call.packet.version = 1
        call.packet.sourceChain = network.genesis.chainID.bytes.data
        call.packet.destinationChain = Self.remote.data
        call.packet.channel = Self.channel
        call.packet.messageType = "notice"
        call.packet.schema = 1
        call.packet.schemaVersion = 1
        call.packet.commitment = [UInt8](repeating: 2, count: 32).data
        call.packet.sender = "finance"
        call.packet.recipient = "clerk"
        call.packet.timeoutMs = UInt64(Date().timeIntervalSince1970 * 1_000) + 3_600_000
        call.packet.policy = "p"
        call.packet.purpose = "u"
        call.packet.businessKey = "N\(index)"
        call.packet.body = notice.encoded.data
        calls.append(
          Transaction.Call(
            contract: RelayContract.name, method: "send", arguments: call.encoded,
            attachments: [digest]))
      }
      let receipts = try await ledger.submit(
        calls, attachments: contents, by: network.identity("finance"))
      try #require(receipts.allSatisfy { $0.isDone }, "\(receipts)")
    }

    private func expectDone(
      _ call: PreparedCall, by member: String, _ network: TestNetwork
    ) async throws {
      let receipts = try await network.ledger.submit(
        [call.call], by: network.identity(member))
      try #require(receipts.allSatisfy { $0.isDone }, "\(receipts)")
    }
  }
}
