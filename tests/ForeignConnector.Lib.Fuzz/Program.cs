using ForeignConnector.Lib.Fuzz.Running;

// Before anything of the library is loaded: the copy beside this program learns to tell which branches it takes.
var isGuided = !args.Contains("--unguided") && Coverage.TryInstrument("ForeignConnector.Lib");
return FuzzCommand.Execute(args, isGuided);
