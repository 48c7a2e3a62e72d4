import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Wire

extension RelayRefusal {
  /// The finance chain's `sender` is to be the province's `clerk`.
  private static func statement(_ story: Crossing, version: UInt32 = 1) throws
    -> RelayIdentityStatement
  {
    try Recognition.statement(
      "sender", of: story.here, is: "clerk", on: story.there, version: version)
  }

  /// A statement that both sign as it is, and that is refused.
  private static func stating(
    _ title: String, _ name: String, _ field: String,
    of value: @escaping @Sendable (Crossing) throws -> String,
    _ change: @escaping @Sendable (inout RelayIdentityStatement, Crossing) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, name, "statement.\(field)", of: value) { story in
      var statement = try statement(story)
      try change(&statement, story)
      let request = try Recognition.request(
        try Self.statement(story), from: story.here, on: story.there
      ) { call, _ in
        call.statement = statement.encoded.data
        call.localSignature =
          try Recognition.signature(statement, by: "clerk", of: story.there).data
        call.remoteSignature =
          try Recognition.signature(statement, by: "sender", of: story.here).data
      }
      return try story.there.submit("clerk", request)
    }
  }

  private static func stating(
    _ title: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelayIdentityStatement) -> Void
  ) -> RelayRefusal {
    stating(title, "malformed", field, of: { _ in value }) { statement, _ in change(&statement) }
  }

  /// A good statement in a call that is refused.
  private static func submitting(
    _ title: String, _ name: String, _ field: String,
    of value: @escaping @Sendable (Crossing) throws -> String,
    _ change:
      @escaping @Sendable (inout RelayRecognise, Crossing, Crossing.Evidence) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, of: value) { story in
      let request = try Recognition.request(
        statement(story), from: story.here, on: story.there
      ) { try change(&$0, story, $1) }
      return try story.there.submit("clerk", request)
    }
  }

  private static func key(_ member: String, _ chain: RelayChain) throws -> [UInt8] {
    try chain.signingKey(of: member).publicKey.encoded
  }

  /// Who is not recognised.
  static let recognising: [RelayRefusal] = [
    submitting("A statement is read before anything else", "malformed", "statement") { _ in
      "2 bytes"
    } _: { call, _, _ in
      call.statement = [UInt8]([0xff, 0xff]).data
    },
    stating("Versions begin with 1", "version", "0") { $0.version = 0 },
    stating("A remote member is a name", "remote_member", "a b") { $0.remoteMember = "a b" },
    stating("A local member is a name", "local_member", "") { $0.localMember = "" },
    stating("A scope names something", "scope", "0 names") { $0.scope = [] },
    stating("A scope names each method once", "scope", "2 names") {
      $0.scope = ["invoice.lock", "invoice.lock"]
    },
    stating("A scope names what can be called", "scope[1]", "invoice.putBlue") {
      $0.scope = ["invoice.lock", "invoice.putBlue"]
    },
    stating("A statement ends after it begins", "valid_until_ms", "\(UInt64.max - 1)") {
      $0.validFromMs = .max
      $0.validUntilMs = .max - 1
    },
    stating("A statement that has expired is too late", "malformed", "valid_until_ms") {
      _ in
      "\(RelayChain.start)"
    } _: { statement, _ in
      statement.validFromMs = 0
      statement.validUntilMs = RelayChain.start
    },
    stating("A statement is valid for a year and a day at most", "malformed", "valid_until_ms") {
      _ in
      "\(RelayChain.start + 366 * Recognition.dayMs + 1)"
    } _: { statement, _ in
      statement.validFromMs = RelayChain.start
      statement.validUntilMs = RelayChain.start + 366 * Recognition.dayMs + 1
    },
    stating("A statement is about this chain", "other_chain", "local_chain") {
      $0.here.id.hex
    } _: {
      $0.localChain = $1.here.id.data
    },
    stating("A statement is about the chain that proves it", "other_chain", "remote_chain") {
      $0.there.id.hex
    } _: {
      $0.remoteChain = $1.there.id.data
    },
    stating("A statement is submitted by whom it names", "other_identity", "local_member") { _ in
      "fund"
    } _: { statement, _ in
      statement.localMember = "fund"
    },
    stating("The local key is the registered one", "other_identity", "local_key") {
      try key("fund", $0.there).hex
    } _: {
      $0.localKey = try key("fund", $1.there).data
    },
    stating("The remote key is the registered one", "other_identity", "remote_key") {
      try key("fund", $0.here).hex
    } _: {
      $0.remoteKey = try key("fund", $1.here).data
    },
    stating("Versions are not used up", "far_version", "version", of: { _ in "0" }) {
      statement, _ in statement.version = 1_025
    },
    RelayRefusal(
      "A key that was registered long ago proves nothing", "old_header", "header.height",
      // The newest one known is the next.
      of: { "\((try $0.here.ledger.anchor()?.proven.header.height ?? 0) - 1)" },
      when: { story in
        let request = try Recognition.request(statement(story), from: story.here, on: story.there)
        for chain in [story.here, story.there] { try chain.run(at: chain.timeMs + 3_600_001) }
        _ = try Crossing.sync(story.here, to: story.there)
        return try story.there.submit("clerk", request)
      }),
    submitting("What proves it is a known header", "unknown_header", "header.height") { _ in
      "99"
    } _: { call, _, _ in
      call.header.height = 99
    },
    submitting("The proof is the remote member's", "not_proven", "proof") { _ in
      "other_answer"
    } _: { call, story, evidence in
      call.proof = try Recognition.proof(of: "fund", on: story.here, evidence).data
    },
    submitting("The local key signs", "not_signed", "local_signature") {
      "of key \(try key("clerk", $0.there).hex)"
    } _: { call, story, _ in
      call.localSignature =
        try Recognition.signature(statement(story), by: "fund", of: story.there).data
    },
    submitting("The remote key signs", "not_signed", "remote_signature") {
      "of key \(try key("sender", $0.here).hex)"
    } _: { call, story, _ in
      call.remoteSignature =
        try Recognition.signature(statement(story), by: "fund", of: story.here).data
    },
    submitting("A key signs in its own chain's suite", "not_signed", "remote_signature") {
      "of key \(try key("sender", $0.here).hex)"
    } _: { call, _, _ in
      call.remoteSignature = call.localSignature
    },
    submitting("Both sign this statement and no other", "not_signed", "local_signature") {
      "of key \(try key("clerk", $0.there).hex)"
    } _: { call, story, _ in
      call.localSignature =
        try Recognition.signature(statement(story, version: 2), by: "clerk", of: story.there).data
    },
    RelayRefusal(
      "A statement counts once", "older_statement", "statement.version", "1",
      when: { story in
        let first = try Recognition.request(
          statement(story), from: story.here, on: story.there)
        try story.there.given("clerk", first)
        return try story.there.submit("clerk", first)
      }),
    RelayRefusal(
      "Who is not recognised cannot be revoked", "not_recognised", "remote_member", "sender",
      when: { try $0.there.submit("clerk", Recognition.revoke("sender", of: $0.here)) }),
    RelayRefusal(
      "A revocation is made once", "not_recognised", "remote_member", "sender",
      when: { story in
        try story.there.given(
          "clerk",
          Recognition.request(statement(story), from: story.here, on: story.there))
        try story.there.given("clerk", Recognition.revoke("sender", of: story.here))
        return try story.there.submit("clerk", Recognition.revoke("sender", of: story.here))
      }),
  ]
}
