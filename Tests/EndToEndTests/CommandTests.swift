import EInvoice
import Foundation
import LedgerClient
import LedgerModel
import LightVerifier
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  /// The command line on a running network with the sample invoices.
  @Suite("Commands", .network(suite: "sm"))
  struct Commands {
    let network: TestNetwork

    init() throws {
      network = try #require(TestNetwork.shared)
    }

    @Test("Importing again finds every invoice present, and succeeds")
    func importAgain() async throws {
      let again = try await network.yilian("invoice", "import", Samples.invoices.path, "--json")
      #expect(again.status == 0, "\(again)")
      let rows = try again.json().all
      #expect(rows.count == 40)
      #expect(Set(rows.map { $0["outcome"].text }) == ["present"])
    }

    @Test("Files in GBK are recorded and read back byte for byte")
    func gbk() async throws {
      let imported = try await network.yilian("invoice", "import", Samples.gbk.path, "--json")
      #expect(imported.status == 0, "\(imported)")
      let outcomes = try imported.json().all.map { $0["outcome"].text }
      #expect(outcomes == Array(repeating: "recorded", count: 4))
      let file = try Samples.bytes("0002", in: Samples.gbk)
      let invoice = try InvoiceParser().parse(file)
      let copy = network.folder.url.appending(path: "copy.xml")
      let shown = try await network.yilian(
        "invoice", "show", invoice.code, invoice.number, "--as", "finance", "--original", copy.path)
      #expect(shown.status == 0, "\(shown)")
      #expect(shown.output.contains(invoice.payer.name))
      #expect(try Files.read(copy) == file)
    }

    @Test("A dialect from a file is imported with it, refused without it, and shown with it")
    func dialect() async throws {
      let file = Samples.dialects.appending(path: "made-up.xml").path
      let dialect = Samples.dialects.appending(path: "made-up.json").path
      let without = try await network.yilian("invoice", "import", file)
      #expect(without.status == 1)
      #expect(without.output.contains("invoice.dialect_unknown"), "\(without)")
      let with = try await network.yilian("invoice", "import", file, "--dialect", dialect)
      #expect(with.status == 0, "\(with)")
      let name = ["99010124", "0000000042"]
      let shown = try await network.yilian(
        "invoice", "show", name[0], name[1], "--as", "finance", "--dialect", dialect, "--json")
      #expect(shown.status == 0, "\(shown)")
      #expect(try shown.json()["sealed"]["payer"].text == "某某公司")
      let copy = network.folder.url.appending(path: "made-up.xml")
      let unread = try await network.yilian(
        "invoice", "show", name[0], name[1], "--as", "finance", "--original", copy.path)
      #expect(unread.status == 1)
      #expect(unread.error.contains("--dialect"), "\(unread)")
      #expect(try Files.read(copy) == Files.read(URL(filePath: file)))
      let broken = try await network.yilian("invoice", "import", file, "--dialect", file)
      #expect(broken.status == 2, "\(broken)")
    }

    @Test("An invoice is shown, listed and authenticated as proven; a missing one is refused")
    func showAndAuthenticate() async throws {
      let blue = try Samples.invoice("0000")
      let name = [blue.code, blue.number]
      let shown = try await network.yilian("invoice", "show", name[0], name[1], "--json")
      #expect(shown.status == 0, "\(shown)")
      let view = try shown.json()
      #expect(view["amountYuan"].text == "\(blue.totalAmount)")
      #expect(view["owner"].text == "finance")
      #expect(view["sealed"]["payer"].text == nil)
      #expect(!shown.output.contains(blue.payer.name))
      let date = String(
        format: "%04d%02d%02d", blue.issueDate.year, blue.issueDate.month, blue.issueDate.day)
      let five = ["--check-code", blue.checkCode, "--date", date, "--amount", "\(blue.totalAmount)"]
      let authentic = try await authenticate(name, five + ["--json"])
      #expect(authentic.status == 0, "\(authentic)")
      #expect(try authentic.json()["authentic"].bool == true)
      for (option, value, differs) in [
        (1, "000000", "check code"), (3, "20200229", "date"), (5, "0.01", "amount"),
      ] {
        var forged = five
        forged[option] = value
        let answer = try await authenticate(name, forged + ["--json"])
        #expect(answer.status == 1, "\(answer)")
        #expect(try answer.json()["differs"].all.map(\.text) == [differs])
      }
      let missing = try await network.yilian("invoice", "show", "46060125", "0000000001")
      #expect(missing.status == 1)
      #expect(missing.error.contains("absence is proven"), "\(missing)")
      let noTrail = try await network.yilian("invoice", "trail", "46060125", "0000000001")
      #expect(noTrail.status == 1, "\(noTrail)")
    }

    @Test("A reimbursement locks, posts and revokes, never twice and never above the amount")
    func reimbursement() async throws {
      let blue = try Samples.invoice("0011")
      let name = [blue.code, blue.number]
      let insurance = ["--as", "insurance", "--json"]
      try await expect(nil, "lock", name, ["--purpose", "claim 1"] + insurance)
      try await expect(
        "invoice.locked", "post", name,
        ["--amount", "1.00", "--posting", "v1", "--as", "insurer", "--json"])
      try await expect(
        "contract.not_permitted", "post", name,
        ["--amount", "1.00", "--posting", "v1", "--as", "finance", "--json"])
      try await expect(nil, "post", name, ["--amount", "1.00", "--posting", "v1"] + insurance)
      try await expect(
        "invoice.duplicate_posting", "post", name,
        ["--amount", "1.00", "--posting", "v1"] + insurance)
      try await expect(
        "invoice.exceeds_remaining", "post", name,
        ["--amount", "\(blue.totalAmount)", "--posting", "v2"] + insurance)
      try await expect(nil, "unlock", name, insurance)
      try await expect("invoice.not_locked", "unlock", name, insurance)
      try await expect(nil, "unpost", name, ["--posting", "v1"] + insurance)
      try await expect("invoice.posting_not_found", "unpost", name, ["--posting", "v1"] + insurance)
      try await expect(nil, "print", name, ["--as", "finance", "--json"])
      try await expect(
        nil, "exchange-paper", name,
        ["--paper-code", "P1", "--paper-number", "77", "--as", "finance", "--json"])
      let trail = try await network.yilian("invoice", "trail", name[0], name[1], "--json")
      #expect(trail.status == 0, "\(trail)")
      #expect(
        try trail.json()["events"].all.map { $0["operation"].text } == [
          "putBlue", "lock", "post", "unlock", "unpost", "print", "exchangePaper",
        ])
    }

    @Test("Sealed content opens for its owner and a grantee, never for a stranger or once revoked")
    func authorisation() async throws {
      let blue = try Samples.invoice("0002")
      let name = [blue.code, blue.number]
      try await expectRead(by: "finance", of: blue, true)
      try await expectRead(by: "auditor", of: blue, false)
      try await expect(
        "invoice.not_authorised", "revoke", name,
        ["--grantee", "auditor", "--as", "finance", "--json"])
      try await expect(
        nil, "authorise", name, ["--grantee", "auditor", "--as", "finance", "--json"])
      try await expectRead(by: "auditor", of: blue, true)
      try await expectRead(by: "insurer", of: blue, false)
      let stranger = try await network.yilian(
        "invoice", "authorise", name[0], name[1], "--grantee", "insurer", "--as", "insurance")
      #expect(stranger.status == 1, "only the owner can wrap the key: \(stranger)")
      try await expect(nil, "revoke", name, ["--grantee", "auditor", "--as", "finance", "--json"])
      try await expectRead(by: "auditor", of: blue, false)
    }

    @Test("A saved proof verifies offline, with another genesis or any byte altered it does not")
    func bundle() async throws {
      let flushed = try Samples.invoice("0004")
      let file = network.folder.url.appending(path: "proof.bundle")
      let trail = try await network.yilian(
        "invoice", "trail", flushed.code, flushed.number, "--bundle", file.path)
      #expect(trail.status == 0, "\(trail)")
      let genesis = network.folder.genesis.path
      let good = try await Programs.yilian("verify", file.path, "--genesis", genesis, "--json")
      #expect(good.status == 0, "\(good)")
      let result = try good.json()
      #expect(result["proven"].bool == true)
      #expect(result["trails"][0]["events"].all.count == 2)

      let bytes = try Files.read(file)
      let verifier = LightVerifier(genesis: network.genesis)
      var altered = 0
      for place in stride(from: 0, to: bytes.count, by: 7) {
        var bytes = bytes
        bytes[place] ^= 0x10
        altered += 1
        #expect(throws: (any Error).self, "byte \(place)") {
          try verifier.verify(WireProofBundle(strict: bytes, limit: Limits.bundleBytes))
        }
      }
      #expect(altered >= 40)
      let broken = network.folder.url.appending(path: "broken.bundle")
      for place in [0, bytes.count / 2, bytes.count - 1] {
        var bytes = bytes
        bytes[place] ^= 1
        try Files.write(bytes, to: broken)
        let verified = try await Programs.yilian("verify", broken.path, "--genesis", genesis)
        #expect(verified.status == 1, "byte \(place): \(verified)")
        #expect(verified.error.contains("NOT PROVEN"), "\(verified)")
        #expect(!verified.output.contains("PROVEN"), "\(verified)")
      }
      try await TestNetwork.with { other in
        let foreign = other.folder.genesis.path
        let offline = try await Programs.yilian("verify", file.path, "--genesis", foreign)
        #expect(offline.status == 1, "\(offline)")
        let online = try await Programs.yilian(
          "invoice", "show", flushed.code, flushed.number, "--node", network.url, "--genesis",
          foreign)
        #expect(online.status == 1, "\(online)")
        #expect(online.error.contains("NOT PROVEN"), "\(online)")
      }
    }

    @Test("A second start of a running network is harmless")
    func secondStart() async throws {
      let pid = try Files.read(network.home.appending(path: "node.pid"))
      let again = try await network.yilian("network", "start")
      #expect(again.status == 0, "\(again)")
      #expect(again.error.contains("runs already"), "\(again)")
      #expect(try Files.read(network.home.appending(path: "node.pid")) == pid)
      let status = try await network.yilian("network", "status", "--why", "--json")
      #expect(status.status == 0, "\(status)")
      #expect(try status.json()[0]["up"].bool == true)
      // A second node on the same data is refused, and the first goes on.
      let second = try await Programs.run(Programs.node, ["run", "--home", network.home.path])
      #expect(second.status == 1, "\(second)")
      #expect(try Files.read(network.home.appending(path: "node.pid")) == pid)
      #expect(try await network.connection.status().height > 0)
    }

    // MARK: Steps

    private func authenticate(_ name: [String], _ options: [String]) async throws -> Outcome {
      try await Programs.run(
        Programs.yilian, ["invoice", "authenticate"] + name + options + ["--dir", network.path])
    }

    /// Runs a command that changes the invoice: done, or refused with this code.
    private func expect(
      _ code: String?, _ command: String, _ name: [String], _ options: [String],
      at location: SourceLocation = #_sourceLocation
    ) async throws {
      let outcome = try await Programs.run(
        Programs.yilian, ["invoice", command] + name + options + ["--dir", network.path])
      #expect(outcome.status == (code == nil ? 0 : 1), "\(outcome)", sourceLocation: location)
      let document = try outcome.json()
      #expect(document["done"].bool == (code == nil), sourceLocation: location)
      #expect(document["code"].text == code, sourceLocation: location)
      if code != nil { #expect(document["remedy"].text?.isEmpty == false) }
    }

    private func expectRead(
      by member: String, of invoice: Invoice, _ opens: Bool,
      at location: SourceLocation = #_sourceLocation
    ) async throws {
      let shown = try await network.yilian(
        "invoice", "show", invoice.code, invoice.number, "--as", member, "--json")
      #expect(shown.status == (opens ? 0 : 1), "\(shown)", sourceLocation: location)
      let payer = try shown.json()["sealed"]["payer"].text
      #expect(payer == (opens ? invoice.payer.name : nil), sourceLocation: location)
    }
  }
}
