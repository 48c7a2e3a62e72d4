import Cryptography
import Foundation
import LedgerClient
import LedgerModel
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  /// What a validator's key may put on the ledger, through the API of a real node.
  @Suite("Evidence")
  struct Evidence {
    @Test(
      "A validator's lie, told with another one's key, is shown with its proof; nothing else is")
    func report() async throws {
      try await ValidatorNetwork.with(isolated: false) { network in
        try await network.start()
        let none = try await network.yilian("governance", "evidence")
        #expect(none.output.hasPrefix("no validator is proven to have lied\n"))

        let names = network.genesis.validators.validators.map(\.name)
        let id = Member.id(ofValidator: names[1])
        let key = try key(1, network)
        let reporter = Identity(member: id, signing: key, sealing: key)
        let call = try lie(of: 2, network)
        let ledger = network.ledger(0)
        let receipts = try await ledger.submit([call], by: reporter)
        #expect(receipts.map(\.isDone) == [true])
        #expect(receipts.map(\.member) == [id])

        let shown = try await network.yilian("governance", "evidence", "--json").json()
        let lies = shown["lies"].all
        try #require(lies.count == 1)
        #expect(lies[0]["validator"].text == names[2])
        #expect(lies[0]["reporter"].text == id)
        #expect(lies[0]["votes"].all.map { $0["statement"].text } == ["nullify", "finalize"])
        let table = try await network.yilian("governance", "evidence").output
        #expect(table.contains("\(names[2])") && table.contains("nullify and finalize 0707"))

        // The node refuses by itself what is no report, and what another key signed.
        let other = Transaction.Call(contract: "governance", method: "withdraw", arguments: [])
        await expectProblem("request.invalid") {
          _ = try await ledger.submit([other], by: reporter)
        }
        let impostor = Identity(
          member: Member.id(ofValidator: names[3]), signing: key, sealing: key)
        await expectProblem("transaction.wrong_signature") {
          _ = try await ledger.submit([call], by: impostor)
        }
      }
    }

    /// The key that a validator signs with.
    private func key(_ node: Int, _ network: ValidatorNetwork) throws -> PrivateKey {
      let home = network.folder.home(node)
      let configuration = try NodeConfiguration(home: home)
      let file = String(
        decoding: try Files.read(home.appending(path: configuration.key)), as: UTF8.self)
      var passphrase = try Files.read(
        home.appending(path: configuration.passphrase).standardizedFileURL)
      if passphrase.last == 0x0a { passphrase.removeLast() }
      return try KeyFile.decode(file, passphrase: SecretBytes(copying: passphrase)).signing
    }

    /// A report that a validator gave up on a view and finalized in it.
    private func lie(of node: Int, _ network: ValidatorNetwork) throws -> Transaction.Call {
      let block = try #require(Digest([UInt8](repeating: 7, count: 32)))
      let key = try key(node, network)
      let suite = network.genesis.suite
      let votes = try [.nullify, .finalize(parentView: 8, block: block)].map {
        (statement: VoteSubject.Statement) in
        let subject = VoteSubject(epoch: 0, view: 9, statement: statement)
        let bytes = subject.signingBytes(chainID: network.genesis.chainID)
        return Vote(
          subject: subject, signer: node, signature: try suite.sign(bytes.span, with: key))
      }
      var report = WireReportEquivocation()
      report.first = votes[0].wire
      report.second = votes[1].wire
      return Transaction.Call(
        contract: Governance.contract, method: Governance.reportEquivocation,
        arguments: report.encoded)
    }

    private func expectProblem(
      _ code: String, _ body: () async throws -> Void, _ place: SourceLocation = #_sourceLocation
    ) async {
      do {
        try await body()
        Issue.record("it was accepted", sourceLocation: place)
      } catch {
        #expect("\(error)".contains(code), sourceLocation: place)
      }
    }
  }
}
