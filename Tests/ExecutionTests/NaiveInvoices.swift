/// What a member wants done in the twin's world.
enum Operation {
  case blue(number: String, amount: Int)
  case red(number: String, blue: String, amount: Int)
  case lock(number: String, milliseconds: Int)
  case unlock(number: String)
  case post(number: String, amount: Int, id: String)
  case unpost(number: String, id: String)
  case print(number: String)
  case exchangePaper(number: String)
  case authorise(number: String, grantee: String)
  case revoke(number: String, grantee: String)

  var name: String {
    switch self {
    case .blue: "blue"
    case .red: "red"
    case .lock: "lock"
    case .unlock: "unlock"
    case .post: "post"
    case .unpost: "unpost"
    case .print: "print"
    case .exchangePaper: "exchangePaper"
    case .authorise: "authorise"
    case .revoke: "revoke"
    }
  }
}

/// The life of invoices as a clerk would keep it, with nothing in common with the contract.
struct NaiveInvoices {
  struct Invoice {
    let amount: Int
    var reversedBy: String?
    var lockedBy: String?
    var lockedUntil: UInt64 = 0
    /// Amounts by unit and voucher.
    var posted: [String: [String: Int]] = [:]
    var readers: Set<String> = []
    var prints = 0
    var isOnPaper = false
    var events = 1

    var postedSum: Int { posted.values.flatMap(\.values).reduce(0, +) }
    var isInForce: Bool { amount > 0 && reversedBy == nil }

    func lockHolder(_ now: UInt64) -> String? { now < lockedUntil ? lockedBy : nil }

    func isFree(for member: String, _ now: UInt64) -> Bool {
      lockHolder(now) == nil || lockHolder(now) == member
    }
  }

  private static let units = ["fund": "fund", "fund-2": "fund", "employer": "employer"]
  private static let year: UInt64 = 31_622_400_000

  private(set) var invoices: [String: Invoice] = [:]

  /// Carries the operation out if it is allowed.
  /// - Returns: Whether it was.
  mutating func perform(_ operation: Operation, by member: String, at now: UInt64) -> Bool {
    switch operation {
    case .blue(let number, let amount):
      guard member == "hospital", amount > 0, invoices[number] == nil else { return false }
      invoices[number] = Invoice(amount: amount)
      return true
    case .red(let number, let blue, let amount):
      guard member == "hospital", invoices[number] == nil, let old = invoices[blue],
        old.amount > 0, amount == -old.amount, old.reversedBy == nil, old.postedSum == 0,
        old.lockHolder(now) == nil
      else { return false }
      invoices[number] = Invoice(amount: amount)
      invoices[blue]?.reversedBy = number
      invoices[blue]?.events += 1
      return true
    case .lock(let number, let milliseconds):
      return change(number) { invoice in
        guard Self.units[member] != nil, milliseconds > 0, milliseconds <= Self.year,
          invoice.isInForce, invoice.isFree(for: member, now),
          invoice.postedSum < invoice.amount
        else { return false }
        invoice.lockedBy = member
        invoice.lockedUntil = now + UInt64(milliseconds)
        return true
      }
    case .unlock(let number):
      return change(number) { invoice in
        guard Self.units[member] != nil, invoice.lockHolder(now) == member else { return false }
        invoice.lockedBy = nil
        return true
      }
    case .post(let number, let amount, let id):
      return change(number) { invoice in
        guard let unit = Self.units[member], amount > 0, invoice.isInForce,
          invoice.isFree(for: member, now), invoice.posted[unit]?[id] == nil,
          invoice.postedSum + amount <= invoice.amount
        else { return false }
        invoice.posted[unit, default: [:]][id] = amount
        return true
      }
    case .unpost(let number, let id):
      return change(number) { invoice in
        guard let unit = Self.units[member] else { return false }
        return invoice.posted[unit]?.removeValue(forKey: id) != nil
      }
    case .print(let number):
      return change(number) { invoice in
        guard member == "patient" || member == "hospital" else { return false }
        invoice.prints += 1
        return true
      }
    case .exchangePaper(let number):
      return change(number) { invoice in
        guard member == "hospital", invoice.isInForce, !invoice.isOnPaper else { return false }
        invoice.isOnPaper = true
        return true
      }
    case .authorise(let number, let grantee):
      return change(number) { invoice in
        member == "patient" && grantee != "patient" && invoice.readers.insert(grantee).inserted
      }
    case .revoke(let number, let grantee):
      return change(number) { invoice in
        member == "patient" && invoice.readers.remove(grantee) != nil
      }
    }
  }

  private mutating func change(_ number: String, _ work: (inout Invoice) -> Bool) -> Bool {
    guard var invoice = invoices[number], work(&invoice) else { return false }
    invoice.events += 1
    invoices[number] = invoice
    return true
  }
}
