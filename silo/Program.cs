using ProxyCluster.Silo.CommandLine;

return await SiloCommands.InvokeAsync(args);
