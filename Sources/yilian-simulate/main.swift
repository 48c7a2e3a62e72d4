internal import Foundation
internal import Simulator

let arguments: Arguments
do {
  arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
} catch {
  print(error)
  exit(2)
}
if arguments.isTraced {
  for seed in arguments.seeds {
    var options = SimulationOptions(seed: seed)
    options.sabotage = arguments.sabotage
    print(try Simulation.report(options, events: arguments.events))
  }
  exit(0)
}
exit(await SeedRun(arguments).run() ? 0 : 1)
