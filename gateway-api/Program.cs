using ProxyCluster.GatewayApi.Hosting;

return await HostRunner.RunAsync(() => GatewayApplication.Create(args));
