import EInvoice
import Foundation
import NetworkLayout
import Testing
import Wire

/// Commands on a network of several validators.
extension ValidatorNetwork {
  /// Runs `yilian` on this network, and expects it to succeed.
  @discardableResult
  func yilian(_ arguments: String...) async throws -> Outcome {
    let outcome = try await run(arguments)
    try #require(outcome.status == 0, "yilian \(arguments.joined(separator: " ")): \(outcome)")
    return outcome
  }

  /// Runs `yilian` on this network.
  func run(_ arguments: [String]) async throws -> Outcome {
    try await Programs.run(Programs.yilian, arguments + ["--dir", folder.url.path])
  }

  /// Proposes changes, lets three of the four organisations vote for them, and waits until the
  /// first validators, or those named, are in the epoch that begins with them.
  func decide(
    _ id: String, _ changes: String..., begins epoch: UInt64, at nodes: [Int] = all
  ) async throws {
    let proposed = try await run(
      ["governance", "propose", id] + changes + ["--as", "finance-governor"])
    try #require(proposed.status == 0, "\(proposed)")
    for organisation in ["finance", "insurance", "insurer"] {
      try await yilian("governance", "vote", id, "yes", "--as", "\(organisation)-governor")
    }
    try await eventually("epoch \(epoch) begins everywhere") {
      for node in nodes {
        guard try await self.status(node).epoch == epoch else { return false }
      }
      return true
    }
    // Until a header commits to it, what is proven is the state before.
    try await eventually("\(id) is proven to be in force") {
      try await self.run(["governance", "show", id, "--json"]).json()["status"].text == "applied"
    }
  }

  /// Records a sample invoice.
  /// - Returns: Its code and number.
  @discardableResult
  func record(_ sample: String) async throws -> (code: String, number: String) {
    let file = folder.url.appending(path: "\(sample).xml")
    try Files.write(Samples.bytes(sample), to: file)
    try await yilian("invoice", "import", file.path)
    let invoice = try Samples.invoice(sample)
    return (invoice.code, invoice.number)
  }
}
