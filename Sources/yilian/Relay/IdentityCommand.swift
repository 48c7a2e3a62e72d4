internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import SwiftProtobuf
internal import Wire

struct IdentityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identity",
    abstract: "Has members of other chains recognised as members of this one.",
    subcommands: [
      StateIdentity.self, RecogniseIdentity.self, RevokeIdentity.self, ShowIdentity.self,
      ListIdentities.self,
    ])
}

/// A statement with the signatures that it has so far, in a file that members pass on.
struct StatementFile {
  var message = RelayRecognise()

  init(_ statement: [UInt8], remoteSignature: [UInt8]) {
    message.statement = statement.data
    message.remoteSignature = remoteSignature.data
  }

  init(_ path: String) throws {
    do {
      let text = String(decoding: try Files.read(URL(filePath: path)), as: UTF8.self)
      message = try RelayRecognise(jsonString: text)
    } catch let fault as LayoutFault {
      throw fault
    } catch {
      throw Failure.usage("\(path) is not a statement: 'yilian identity statement' writes one")
    }
  }

  func statement(in path: String) throws -> RelayIdentityStatement {
    do {
      return try RelayIdentityStatement(
        strict: message.statement.octets, limit: Limits.argumentBytes)
    } catch {
      throw Failure.usage("\(path) is not a statement: 'yilian identity statement' writes one")
    }
  }

  func write(to path: String) throws {
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    let text = try message.jsonString(options: options) + "\n"
    try Files.write(Array(text.utf8), to: URL(filePath: path))
  }
}

/// The first of two signatures: of the member that will act on the other chain.
struct StateIdentity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statement",
    abstract: "States who the member who acts is on the other chain of a channel, and signs it.",
    discussion: """
      The member that it is there accepts the file with 'yilian identity recognise FILE'. From \
      then on 'yilian packet call' calls methods there as that member.
      """)

  @Argument(help: "The member of the other chain that it is.")
  var member: String
  @Option(help: "A channel to the other chain.")
  var channel: String
  @Option(
    parsing: .upToNextOption, help: "Methods that may be called, such as invoice.lock.")
  var scope: [String]
  @Option(help: "Days for which it is valid, from now on, 1 to 366.")
  var days: UInt64 = 365
  @Option(help: "The file to write.")
  var out: String
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var otherChain: OtherChainOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func validate() throws {
    guard 1...366 ~= days else { throw ValidationError("--days is \(days): use 1 to 366.") }
    if let unknown = scope.first(where: { !RelayContract.callable.contains($0) }) {
      throw ValidationError(
        "--scope names '\(unknown)': use \(RelayContract.callable.joined(separator: ", ")).")
    }
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      let own = try await ledger.member(identity.member)
      let (terms, answer) = try await ledger.terms(channel)
      guard let terms else { throw Failure.noChannel(channel, answer.header) }
      let chain = terms.remoteChain.octets
      try await withOther(otherChain, of: chain, beside: connection.dir) { other in
        guard let other else { throw Failure.otherChainMissing(chain) }
        let known = try await other.identity(of: own.id, from: terms.localChain.octets).identity
        var statement = RelayIdentityStatement()
        let (version, overflow) = (known?.version ?? 0).addingReportingOverflow(1)
        guard !overflow else {
          throw Failure.refused(
            "\(own.id) revoked every version there: have another member of this chain recognised")
        }
        statement.version = version
        statement.remoteChain = terms.localChain
        statement.remoteMember = own.id
        statement.remoteKey = own.signingKey.data
        statement.localChain = terms.remoteChain
        statement.localMember = member
        statement.localKey = try await other.member(member).signingKey.data
        statement.scope = scope
        statement.validFromMs = nowMs()
        statement.validUntilMs = statement.validFromMs + days * ChainTrust.dayMs
        let bytes = statement.encoded
        let file = StatementFile(
          bytes, remoteSignature: try ledger.sign(statement: bytes, by: identity))
        try file.write(to: out)
        let view = StatementView(statement)
        if json { return try Terminal.json(view) }
        view.show()
        Terminal.print(
          "signed by \(own.id) in \(out): \(member) accepts it on \(other.genesis.name) with "
            + "'yilian identity recognise \(out)'")
      }
    }
  }
}

/// The second signature, and the call that makes the statement count.
struct RecogniseIdentity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recognise",
    abstract: "Accepts a statement about the member who acts: signs and submits it.",
    discussion: """
      What the other chain has registered is proven against one of its headers. With --dir, a \
      router whose key is in the folder makes the newest one known; else this waits until a \
      router does, as when it carries a packet.
      """)

  @Argument(help: "The statement's file, signed by the member of the other chain.")
  var file: String
  @Option(help: "Seconds to wait for a header, if no router's key is here.")
  var wait: UInt64 = 60
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var otherChain: OtherChainOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      var call = try StatementFile(file).message
      let statement = try StatementFile(file).statement(in: file)
      guard statement.localMember == identity.member else {
        throw Failure.usage(
          "\(file) is about \(statement.localMember): only that member can accept it")
      }
      if !json { StatementView(statement).show() }
      call.localSignature =
        try ledger.sign(statement: call.statement.octets, by: identity).data
      let chain = statement.remoteChain.octets
      try await withOther(otherChain, of: chain, beside: connection.dir) { other in
        guard let other else { throw Failure.otherChainMissing(chain) }
        let evidence = HeaderEvidence(ledger: ledger, other: other)
        let router = try await connection.router(on: ledger)
        (call.header, call.proof) = try await evidence.registration(
          of: statement.remoteMember, router: router, within: .seconds(wait))
      }
      try await perform(
        ledger.prepareRelay("recognise", call), by: identity, on: ledger,
        done: "\(statement.remoteMember) is recognised as \(statement.localMember)", json: json)
    }
  }
}

extension Failure {
  static func otherChainMissing(_ chain: [UInt8]) -> Failure {
    .usage("chain \(chain.hex) is not found: name it with --other DIR, or --other URL GENESIS")
  }
}
