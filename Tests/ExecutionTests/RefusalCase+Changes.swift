import Cryptography
import LedgerModel
import Wire

@testable import BuiltinContracts

extension RefusalCase {
  /// Changes that the registry cannot take, refused when they are proposed.
  static let changes: [RefusalCase] = [
    // Validators
    change("A validator has a name", malformed, "add_validator.name", "a b") {
      .addValidator(try $0.validator("a b", key: 50))
    },
    change("A validator's key is of the suite", malformed, "add_validator.signing_key", "01") { _ in
      var record = WireValidatorRecord()
      record.name = "v5"
      record.signingKey = [UInt8(1)].data
      return .addValidator(record)
    },
    change("A validator's name is used once", .subjectExists, "add_validator.name", "v1") {
      .addValidator(try $0.validator("v1", key: 50))
    },
    change("A validator's key is used once", .keyInUse, "add_validator.signing_key", "v2") {
      chain in
      var record = try chain.validator("v5", key: 50)
      record.signingKey = chain.genesis.validators.validators[1].publicKey.encoded.data
      return .addValidator(record)
    },
    change("Only a validator is removed", .unknownSubject, "remove_validator", "v5") { _ in
      .removeValidator("v5")
    },
    change("Only a validator gets a new key", .unknownSubject, "replace_validator_key.name", "v5") {
      .replaceValidatorKey(try $0.validator("v5", key: 50))
    },
    change(
      "A validator's new key is new", .keyInUse, "replace_validator_key.signing_key", "v1"
    ) { .replaceValidatorKey($0.genesis.validators.records[0]) },
    change("An observer has a name", malformed, "add_observer.name", "a b") {
      .addObserver(try $0.validator("a b", key: 50))
    },
    change("An observer is no validator's namesake", .subjectExists, "add_observer.name", "v1") {
      .addObserver(try $0.validator("v1", key: 50))
    },
    change("A validator is no observer", .keyInUse, "add_observer.signing_key", "v1") { chain in
      var record = chain.genesis.validators.records[0]
      record.name = "o1"
      return .addObserver(record)
    },
    change("Only an observer is removed", .unknownSubject, "remove_observer", "v1") { _ in
      .removeObserver("v1")
    },
    governed(
      "An observer's name is used once", .subjectExists, "changes[1].add_observer.name", "o1"
    ) { chain in
      chain.propose(
        "p", try [50, 51].map { WireChange(.addObserver(try chain.validator("o1", key: $0))) })
    },
    governed(
      "An observer's key is used once", .keyInUse, "changes[1].add_observer.signing_key", "o1"
    ) { chain in
      chain.propose(
        "p",
        try ["o1", "o2"].map { WireChange(.addObserver(try chain.validator($0, key: 50))) })
    },
    governed(
      "Another node's name is no validator's", .subjectExists, "changes[1].add_validator.name", "o1"
    ) { chain in
      chain.propose(
        "p",
        [
          WireChange(.addObserver(try chain.validator("o1", key: 50))),
          WireChange(.addValidator(try chain.validator("o1", key: 51))),
        ])
    },
    governed(
      "A chain has 64 observers at most", .tooLarge, "changes[0].add_observer", "64 observers",
      given: { chain in
        for start in stride(from: 0, to: 64, by: 16) {
          let changes = try (start..<start + 16).map {
            WireChange(.addObserver(try chain.validator("o\($0)", key: 100 + $0)))
          }
          try chain.given("g-fund", chain.propose("\(start)", changes))
          for name in TestChain.organisations.prefix(4) {
            try chain.given("g-\(name)", chain.vote("\(start)", changes))
          }
        }
        try chain.endEpoch()
      }
    ) { $0.propose("p", [WireChange(.addObserver(try $0.validator("o64", key: 50)))]) },
    governed(
      "No more validators change at once than may be faulty", .tooManyValidatorsChanged, "changes",
      "2 and 0 waiting, at most 1 of 4"
    ) {
      $0.propose("p", [WireChange(.removeValidator("v1")), WireChange(.removeValidator("v2"))])
    },
    governed(
      "The last validator stays", .validatorCount, "changes[0].remove_validator", "0",
      given: { chain in
        for number in 1...3 {
          try chain.givenDecision("\(number)", WireChange(.removeValidator("v\(number)")))
          try chain.endEpoch()
        }
      }
    ) { $0.propose("p", [WireChange(.removeValidator("v4"))]) },
    // Organisations
    change("An organisation has an id", malformed, "add_organisation.id", "医院") { _ in
      .organisation("医院")
    },
    change("An organisation has a name", malformed, "add_organisation.name", "0 bytes") { _ in
      .organisation("o", name: "")
    },
    change("A name has no control characters", malformed, "add_organisation.name", "1 bytes") { _ in
      .organisation("o", name: "\u{1}")
    },
    change("A region has six digits", malformed, "add_organisation.region", "4600") { _ in
      .organisation("o", region: "4600")
    },
    change("Nobody begins suspended", malformed, "add_organisation.suspended", "true") { _ in
      var record = WireOrganisationRecord()
      record.id = "o"
      record.name = "O"
      record.suspended = true
      return .addOrganisation(record)
    },
    change("An organisation's id is used once", .subjectExists, "add_organisation.id", "fund") {
      _ in
      .organisation("fund")
    },
    change("Only an organisation is suspended", .unknownSubject, "suspend_organisation", "x") { _ in
      .suspendOrganisation("x")
    },
    change("An active organisation stays so", .noChange, "reinstate_organisation", "fund") { _ in
      .reinstateOrganisation("fund")
    },
    // The Kelvin sign is canonically equivalent to K, but its bytes are others.
    governed(
      "An organisation is meant by the bytes of its id", malformed,
      "changes[1].suspend_organisation", "\u{212A}"
    ) {
      $0.propose(
        "p", [.organisation("K"), WireChange(.suspendOrganisation("\u{212A}"))])
    },
    governed(
      "A member is meant by the bytes of its id", malformed, "changes[1].suspend_member", "\u{212A}"
    ) {
      $0.propose(
        "p",
        [WireChange(.addMember(try $0.newMember("K"))), WireChange(.suspendMember("\u{212A}"))])
    },
    governed(
      "A node is meant by the bytes of its name", malformed, "changes[1].remove_observer",
      "\u{212A}"
    ) { chain in
      chain.propose(
        "p",
        [
          WireChange(.addObserver(try chain.validator("K", key: 50))),
          WireChange(.removeObserver("\u{212A}")),
        ])
    },
    governed(
      "A restriction names organisations by their bytes", malformed,
      "changes[1].set_permission.organisations", "\u{212A}"
    ) {
      $0.propose(
        "p",
        [
          .organisation("K"),
          .permission("invoice", "post", organisations: ["\u{212A}"]),
        ])
    },
    governed(
      "One organisation stays to decide", .lastOrganisation, "changes[4].suspend_organisation",
      "people"
    ) { $0.propose("p", TestChain.organisations.map { WireChange(.suspendOrganisation($0)) }) },
    // Members
    change("A member's id is used once", .subjectExists, "add_member.id", "fund-2") {
      .addMember(try $0.newMember("fund-2"))
    },
    change("A member has an id", malformed, "add_member.id", "") {
      .addMember(try $0.newMember(""))
    },
    change("A member's organisation is there", .unknownSubject, "add_member.organisation", "x") {
      .addMember(try $0.newMember("m", of: "x"))
    },
    change("A member signs", malformed, "add_member.signing_key", "") {
      .addMember(try $0.newMember("m") { $0.signingKey = [UInt8]().data })
    },
    change("A member opens", malformed, "add_member.sealing_key", "02") {
      .addMember(try $0.newMember("m") { $0.sealingKey = [UInt8(2)].data })
    },
    change(
      "An index key is wrapped whole", malformed, "add_member.wrapped_index_key", "3 bytes"
    ) {
      .addMember(
        try $0.newMember("m") { $0.wrappedIndexKey = [UInt8](repeating: 1, count: 3).data })
    },
    change("A member is valid for a time", malformed, "add_member.valid_until_ms", "5") {
      .addMember(
        try $0.newMember("m") {
          $0.validFromMs = 5
          $0.validUntilMs = 5
        })
    },
    change("No member begins suspended", malformed, "add_member.suspended", "true") {
      .addMember(try $0.newMember("m") { $0.suspended = true })
    },
    change("Only a member is suspended", .unknownSubject, "suspend_member", "x") { _ in
      .suspendMember("x")
    },
    change("Only who is suspended is reinstated", .noChange, "reinstate_member", "patient") { _ in
      .reinstateMember("patient")
    },
    change("Only a member gets new keys", .unknownSubject, "replace_member_keys.member", "x") {
      .replaceMemberKeys(try $0.newKeys("x", signing: 51))
    },
    change("New keys are at least one", .noChange, "replace_member_keys.member", "fund") {
      .replaceMemberKeys(try $0.newKeys("fund"))
    },
    change("A new key is of the suite", malformed, "replace_member_keys.signing_key", "01") { _ in
      var keys = WireMemberKeys()
      keys.member = "fund"
      keys.signingKey = [UInt8(1)].data
      return .replaceMemberKeys(keys)
    },
    change(
      "An index key is wrapped to the new sealing key", malformed,
      "replace_member_keys.sealing_key", ""
    ) { chain in
      var keys = try chain.newKeys("fund", signing: 51)
      keys.wrappedIndexKey = [UInt8](repeating: 1, count: 80).data
      return .replaceMemberKeys(keys)
    },
    change("A role is a name", malformed, "set_member_roles.roles", "a b") { _ in
      .roles("fund", "a b")
    },
    change("A member has 32 roles at most", malformed, "set_member_roles.roles", "33") { _ in
      var roles = WireMemberRoles()
      roles.member = "fund"
      roles.roles = (0..<33).map { "r\($0)" }
      return .setMemberRoles(roles)
    },
    change("Roles that a member has are not set", .noChange, "set_member_roles.member", "fund") {
      _ in
      .roles("fund", "reimburser")
    },
    // Settings and permissions
    change("A chain beats at most each hour", malformed, "set_settings.heartbeat_ms", "3600001") {
      _ in .settings { $0.heartbeatMs = 3_600_001 }
    },
    change("A block holds the largest transaction", malformed, "set_settings.block_calls", "8191") {
      _ in .settings { $0.blockCalls = 8_191 }
    },
    change("Settings that hold are not set", .noChange, "set_settings", "") { _ in
      .settings { _ in }
    },
    change("Governance is not restricted", malformed, "set_permission.contract", "governance") {
      _ in
      .permission("governance", "vote", roles: ["x"])
    },
    change(
      "A method that is not there is not restricted", malformed, "set_permission.method",
      "invoice.pots"
    ) { _ in .permission("invoice", "pots", roles: ["x"]) },
    change(
      "A restriction names known organisations", .unknownSubject,
      "set_permission.organisations", "x"
    ) { _ in
      .permission("invoice", "post", organisations: ["x"])
    },
    change("A restriction names each role once", malformed, "set_permission.roles", "2") { _ in
      .permission("invoice", "post", roles: ["x", "x"])
    },
    change("Nothing is lifted that does not hold", .noChange, "set_permission", "invoice.post") {
      _ in .permission("invoice", "post")
    },
  ]

  private static let malformed = Refusal.Code.malformedChange

  /// A proposal of this one change.
  private static func change(
    _ title: String, _ code: Refusal.Code, _ field: String, _ value: String,
    _ kind: @escaping @Sendable (TestChain) throws -> WireChange.OneOf_Kind?
  ) -> RefusalCase {
    governed(title, code, "changes[0].\(field)", value) { chain in
      var change = WireChange()
      change.kind = try kind(chain)
      return chain.propose("p", [change])
    }
  }
}

extension WireChange.OneOf_Kind? {
  static func roles(_ member: String, _ roles: String...) -> Self {
    var wire = WireMemberRoles()
    wire.member = member
    wire.roles = roles
    return .setMemberRoles(wire)
  }

  static func organisation(_ id: String, name: String = "New", region: String = "") -> Self {
    WireChange.organisation(id, name: name, region: region).kind
  }

  static func settings(_ change: (inout ChainSettings) -> Void) -> Self {
    WireChange.settings(change).kind
  }

  static func permission(
    _ contract: String, _ method: String, roles: [String] = [], organisations: [String] = []
  ) -> Self {
    WireChange.permission(contract, method, roles: roles, organisations: organisations).kind
  }
}
