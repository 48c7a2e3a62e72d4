package import ContractEngine
package import LedgerModel
internal import Wire

/// The contract of the test chain: notes, each an asset with a key and a text.
package enum Notes {
  package static let namespace = "note"

  /// `put` appends one event and makes the arguments the note's value; it refuses an empty text.
  package static let contract = Contract(
    "note",
    methods: [
      Method(
        "put", arguments: WireOrganisationRecord.self, touches: { [asset($0.id)] },
        perform: { (note, scope) throws(Refusal) in
          guard !note.name.isEmpty else { throw Refusal(.empty, field: "name", value: note.id) }
          try scope.append(to: asset(note.id), "put", value: note, details: note)
        })
    ])

  package static func asset(_ key: String) -> AssetID {
    AssetID(namespace: namespace, key: key)
  }

  package static func put(_ key: String, _ text: String) -> Transaction.Call {
    Transaction.Call(contract: "note", method: "put", arguments: value(key, text))
  }

  /// What `put` makes the note's value, and keeps as the event's details.
  package static func value(_ key: String, _ text: String) -> [UInt8] {
    var note = WireOrganisationRecord()
    note.id = key
    note.name = text
    return note.encoded
  }
}

extension Refusal.Code {
  fileprivate static let empty = Self("note.empty", "write something")
}
